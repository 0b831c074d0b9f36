"""Extractors in threads and processes: shared, forked, spawned, pickled."""

import concurrent.futures
import multiprocessing
import os
import threading
import time

import atau
import pytest

TEXT = "Генеральный директор Роскосмоса Дмитрий Рогозин прибыл на космодром Байконур в Казахстане."

shared = None  # what a forked child inherits


def _start(nlp):
    global shared
    shared = nlp


def _extract(text):
    return shared(text)


def _why(doc):
    return doc.explain(21, 31).readings[0].label


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_pools_of_processes(how):
    nlp = atau.load(extra=[("PROGRAM", "Заря степи")])
    texts = [f"{i}. {TEXT} Это «Заря степи»." for i in range(20)]
    context = multiprocessing.get_context(how)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context, initializer=_start, initargs=(nlp,)) as pool:
        found = list(pool.map(_extract, texts, timeout=100))
    assert found == list(nlp.pipe(texts))
    assert found[0].explain(found[0][-1].start, found[0][-1].end).readings[0].label == "PROGRAM"


def test_documents_travel_to_processes_without_an_extractor(nlp):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(_why, nlp(TEXT)).result(timeout=100) == "ORGANIZATION"


def _in_child(work):
    """The exit status of a forked child that does `work`; -1 where it hangs."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    for _ in range(600):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return -1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forks_while_other_threads_extract(nlp):
    expected = nlp(TEXT).to_json()
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            list(nlp.pipe([TEXT * 20] * 8, n_threads=2))

    def child():
        assert nlp(TEXT).to_json() == expected
        assert [d.to_json() for d in nlp.pipe([TEXT] * 4, n_threads=2)] == [expected] * 4
        # A child may fork again.
        assert _in_child(lambda: nlp(TEXT).to_json() == expected or os._exit(2)) == 0

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for t in threads:
        t.start()
    try:
        statuses = [_in_child(child) for _ in range(15)]
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert statuses == [0] * 15
    assert nlp(TEXT).to_json() == expected


def test_one_document_is_read_by_many_threads(nlp):
    for _ in range(20):
        doc = nlp(TEXT)
        start = threading.Barrier(4)
        seen = []

        def read(doc=doc, start=start, seen=seen):
            start.wait()
            seen.append((doc.ents, doc.entities, doc.relations, doc.to_json(), doc.to_html()))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert all(s == seen[0] for s in seen)


def test_pipes_of_several_threads_share_an_extractor(nlp):
    texts = [f"{i}. {TEXT}" for i in range(40)]
    expected = [d.to_json() for d in nlp.pipe(texts)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(lambda: [d.to_json() for d in nlp.pipe(texts, n_threads=2, batch_size=5)]) for _ in range(8)
        ]
        assert all(run.result() == expected for run in runs)
