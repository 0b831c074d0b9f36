#include "cli/signals.h"

#include <atomic>
#include <csignal>

namespace atau::cli {
namespace {

// A lock-free atomic may be written by a signal handler and read by any thread.
std::atomic<int> note{0};
static_assert(std::atomic<int>::is_always_lock_free);

void Note(int signal) { note.store(signal); }

}  // namespace

void CatchInterruption() {
  struct sigaction action {};
  action.sa_handler = Note;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // without SA_RESTART
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) {
    // Whoever started the program in the background may have asked for a signal to be ignored.
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

int Interrupted() { return note.load(); }

}  // namespace atau::cli
