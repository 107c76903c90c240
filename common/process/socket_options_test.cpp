#include "common/process/socket_options.hpp"

#include <gtest/gtest.h>

#include "common/process/socket_address.hpp"

namespace tandem::process {
namespace {

// To look for a free port among those of 10,000 sessions takes the kernel a millisecond each; as it connects it knows the other end, and
// any port will do that leads nowhere else.
TEST(DialSocket, HasItsAddressAndGetsItsPortOnlyAsItConnects) {
  for (const char* at : {"127.0.0.1", "::1"}) {
    DialPlan plan;
    plan.source = *base::IpAddress::parse(at);
    plan.remote = {plan.source, 179};
    const auto fd = make_dial_socket(plan);
    ASSERT_TRUE(fd);
    SocketAddress address;
    address.length = sizeof address.storage;
    ASSERT_EQ(::getsockname(fd->get(), address.get(), &address.length), 0);
    EXPECT_EQ(to_endpoint(address).address, plan.source);
    EXPECT_EQ(to_endpoint(address).port, 0);
  }
}

}  // namespace
}  // namespace tandem::process
