// Threads that work on documents, whose results come out in the order of the input.
#ifndef ATAU_CLI_WORKERS_H_
#define ATAU_CLI_WORKERS_H_

#include <atau/atau.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/input.h"
#include "text/buffer.h"

namespace atau::cli {

class Workers {
 public:
  // Makes the result of one document, into an empty buffer; called by any of the threads, each with a scratch of its own. A failure goes to
  // `input->error`. Not called for inputs that have an error already.
  using Work = std::function<void(Input* input, Scratch* scratch, text::Buffer* result)>;
  // Takes a result; called by the thread that runs Run. False: there is no use in going on.
  using Take = std::function<bool(const Input& input, std::string_view result)>;

  Workers(const Extractor& extractor, Work work, int jobs) : extractor_(extractor), work_(std::move(work)), jobs_(jobs) {}

  // Reads all of `next` (false at the end). One job works in the calling thread. The queue is short, so that memory does not grow with the
  // input. Returns early when `take` has had enough, or when the program is interrupted: then what is finished up to there is still
  // handed over, and what is being worked on is given up.
  void Run(const std::function<bool(Input*)>& next, const Take& take);

 private:
  struct Task {
    Input input;
    text::Buffer result;
    bool done = false;
  };
  // What the threads share. It outlives them: a thread that is given up keeps its part.
  struct Shared {
    std::mutex mutex;
    std::condition_variable wake, finished;
    std::deque<std::shared_ptr<Task>> waiting;
    bool closed = false;
  };
  void Loop(const std::shared_ptr<Shared>& shared) const;

  const Extractor& extractor_;
  const Work work_;
  const int jobs_;
};

// The number of threads for --jobs: 0 stands for all cores.
int Jobs(int named);

}  // namespace atau::cli

#endif  // ATAU_CLI_WORKERS_H_
