// Limits that a daemon needs otherwise than a process has them.
#pragma once

namespace tandem::program {

// As many descriptors as are allowed: a thousand neighbors need more than the customary 1,024. And large blocks go back to the system when they
// are freed: left alone, glibc keeps blocks as large as the largest one that was freed so far, and long lists are made of such pieces.
void set_limits();

}  // namespace tandem::program
