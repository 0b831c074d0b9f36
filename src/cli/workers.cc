#include "cli/workers.h"

#include <algorithm>
#include <chrono>

#include "cli/signals.h"

namespace atau::cli {

int Jobs(int named) { return named > 0 ? named : static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

void Workers::Loop(const std::shared_ptr<Shared>& shared) const {
  const auto scratch = extractor_.NewScratch();
  while (true) {
    std::shared_ptr<Task> task;
    {
      std::unique_lock lock(shared->mutex);
      shared->wake.wait(lock, [&] { return shared->closed || !shared->waiting.empty(); });
      if (shared->waiting.empty()) return;
      task = std::move(shared->waiting.front());
      shared->waiting.pop_front();
    }
    if (task->input.error.empty()) work_(&task->input, scratch.get(), &task->result);
    {
      const std::lock_guard lock(shared->mutex);
      task->done = true;
    }
    shared->finished.notify_all();
  }
}

void Workers::Run(const std::function<bool(Input*)>& next, const Take& take) {
  if (jobs_ <= 1) {
    const auto scratch = extractor_.NewScratch();
    Input input;
    text::Buffer result;
    while (Interrupted() == 0 && next(&input)) {
      result.Clear();
      if (input.error.empty()) work_(&input, scratch.get(), &result);
      if (!take(input, result.view())) return;
    }
    return;
  }
  const auto shared = std::make_shared<Shared>();
  std::vector<std::thread> threads;
  for (int i = 0; i < jobs_; ++i) threads.emplace_back([this, shared] { Loop(shared); });
  const std::size_t most = static_cast<std::size_t>(jobs_) * 4;
  std::deque<std::shared_ptr<Task>> queue;
  bool more = true, good = true;
  while (good && Interrupted() == 0 && (more || !queue.empty())) {
    while (more && queue.size() < most) {
      auto task = std::make_shared<Task>();
      more = next(&task->input);
      if (!more) break;
      {
        const std::lock_guard lock(shared->mutex);
        shared->waiting.push_back(task);
      }
      shared->wake.notify_one();
      queue.push_back(std::move(task));
    }
    if (queue.empty()) break;
    bool done = false;
    {
      // A signal wakes no condition variable: look up now and then.
      std::unique_lock lock(shared->mutex);
      while (!(done = queue.front()->done) && Interrupted() == 0) {
        shared->finished.wait_for(lock, std::chrono::milliseconds(100), [&] { return queue.front()->done; });
      }
    }
    if (!done) break;
    good = take(queue.front()->input, queue.front()->result.view());
    queue.pop_front();
  }
  // What is finished at the front of the queue is handed over even when the program is interrupted.
  while (good && Interrupted() != 0 && !queue.empty()) {
    {
      const std::lock_guard lock(shared->mutex);
      if (!queue.front()->done) break;
    }
    good = take(queue.front()->input, queue.front()->result.view());
    queue.pop_front();
  }
  {
    const std::lock_guard lock(shared->mutex);
    shared->waiting.clear();
    shared->closed = true;
  }
  shared->wake.notify_all();
  for (std::thread& t : threads) t.join();
}

}  // namespace atau::cli
