// Interruption by the user.
#ifndef ATAU_CLI_SIGNALS_H_
#define ATAU_CLI_SIGNALS_H_

namespace atau::cli {

// From now on the first SIGINT or SIGTERM only leaves a note, so that the work can end in good order; the second one ends the program at
// once. Reads that wait are cut short (EINTR).
void CatchInterruption();

// The number of the signal that came, or 0. Any thread.
int Interrupted();

}  // namespace atau::cli

#endif  // ATAU_CLI_SIGNALS_H_
