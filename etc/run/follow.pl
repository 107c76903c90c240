#!/usr/bin/perl
# Announces 198.51.100.0/24 as long as a neighbor announces 192.0.2.0/24 to us. The same program for a shell: follow.sh, in Python: follow.py.
use strict;
use warnings;

use JSON::PP;

my $watched = '192.0.2.0/24';
my $route   = 'route 198.51.100.0/24 next-hop 192.0.2.1';

# The prefix of an element of an UPDATE: { "nlri": "192.0.2.0/24" }, or with api.compact the text alone.
sub is_watched {
	my ($nlri) = @_;
	return (ref $nlri ? $nlri->{nlri} // '' : $nlri) eq $watched;
}

# Whether there is to be a route from now on; undef: the event says nothing about it.
sub wanted {
	my ($event) = @_;
	my $neighbor = $event->{neighbor} // {};
	return 0 if ($neighbor->{state} // '') eq 'down';
	return undef if $event->{type} ne 'update';
	my $update = $neighbor->{message}{update} // return undef;    # the end of a RIB has none
	for my $next_hops (values %{ $update->{announce} // {} }) {
		return 1 if grep { is_watched($_) } map { @$_ } values %$next_hops;
	}
	for my $prefixes (values %{ $update->{withdraw} // {} }) {
		return 0 if grep { is_watched($_) } @$prefixes;
	}
	return undef;
}

$| = 1;    # a command leaves when it is written
my $announced = 0;
while (my $line = <STDIN>) {
	print STDERR "follow: a command was refused\n" if $line =~ /^error/;
	next unless $line =~ /^\{/;    # an answer is no event
	my $event = decode_json($line);
	last if ($event->{notification} // '') eq 'shutdown';
	my $change = wanted($event);
	next if !defined $change || $change == $announced;
	print $change ? 'announce' : 'withdraw', " $route\n";
	$announced = $change;
}
