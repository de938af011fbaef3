"""The program that runs a function in a job, after the text of handler.py. Invocations come as lines of JSON on
file descriptor 3. Outcomes are lines too (their kind and text; the kind in lower case, with the bytes
printed so far, when the handler has printed something), each written before the next invocation begins, so that
whatever the handler does to its process loses none. They go into the file of descriptor 5, a ring that is mapped
into memory; too long ones go to descriptor 4, and L into the ring. 4 also says S (ready) and W (look into the
ring). Standard input is a line to the parent: when it closes, the parent is gone, and so is this process. stdout
and stderr belong to the handler.
"""

import io
import mmap
import signal
import threading

lifeline = os.dup(0)
os.set_inheritable(lifeline, False)
close_input()
for descriptor in (3, 4, 5):
    os.set_inheritable(descriptor, False)
try:
    import fcntl
    import termios
except ImportError:
    fcntl = None


def watch_parent():
    while True:
        try:
            if not os.read(lifeline, 64):
                break
        except InterruptedError:
            continue
        except OSError:
            break
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


# An interrupt from the terminal is the parent's to answer.
signal.signal(signal.SIGINT, signal.SIG_IGN)
threading.Thread(target=watch_parent, daemon=True).start()


has_printed = False


class Output(io.TextIOWrapper):
    """Notes what was printed: only then there is something to flush and to wait for, and by the bytes the parent knows whose output it has."""

    printed = 0

    def write(self, text):
        global has_printed
        has_printed = True
        count = super().write(text)
        self.printed += len(text.encode(self.encoding, self.errors))
        return count


def output(stream):
    return Output(stream.detach(), encoding="utf-8", errors="backslashreplace", newline="\n", line_buffering=True)


stdout = sys.stdout = sys.__stdout__ = output(sys.stdout)
stderr = sys.stderr = sys.__stderr__ = output(sys.stderr)

HEAD = 24
ring = mmap.mmap(5, 0)
capacity = len(ring) - HEAD
longest = capacity // 8
numbers = memoryview(ring)[:HEAD].cast("Q")
written = 0
read = 0
waiting = 0
woken_at = 0.0


def tell(text):
    data = (text + "\n").encode("ascii")
    while data:
        data = data[os.write(4, data):]


def wake():
    global waiting, woken_at
    waiting = 0
    woken_at = time.perf_counter()
    tell("W")


def put(data):
    """Adds a line to the ring. The numbers that make it count are written last: two, so that the parent sees when it looks in between."""
    global written, read
    end = written + len(data)
    while end - read > capacity:
        read = numbers[2]
        if end - read > capacity:
            wake()
            time.sleep(0.001)
    start = HEAD + written % capacity
    rest = HEAD + capacity - start
    if len(data) <= rest:
        ring[start:start + len(data)] = data
    else:
        ring[start:] = data[:rest]
        ring[HEAD:HEAD + len(data) - rest] = data[rest:]
    numbers[0] = end
    numbers[1] = end
    written = end


def send(kind, text):
    """An outcome. The parent is woken at once for one with output, and later for others, see `main`. One with output says in a small letter
    what it is, and how many bytes this process has printed so far on stdout and stderr."""
    global has_printed, waiting
    if has_printed:
        flush()
        await_output()
        kind = "%s%d,%d " % (kind.lower(), stdout.printed, stderr.printed)
    data = (kind + text + "\n").encode("ascii")
    if len(data) > longest:
        put(b"L\n")
        tell(kind + text)
    else:
        put(data)
    waiting += 1
    if has_printed:
        has_printed = False
        wake()


def await_output():
    """Waits until the parent has read what was printed, so that it knows whose output it is. Only where that can be asked."""
    if fcntl is None or not sys.platform.startswith("linux"):
        return
    limit = time.perf_counter() + 0.05
    unread = bytearray(4)
    for descriptor in (1, 2):
        while time.perf_counter() < limit:
            try:
                fcntl.ioctl(descriptor, termios.TIOCOUTQ, unread)
            except OSError:
                break
            if not any(unread):
                break
            time.sleep(0.0001)


def main():
    try:
        handler, failure = load()
    except SystemExit as error:
        os._exit(exit_status(error))
    global has_printed
    flush()
    has_printed = False
    tell("S")
    buffered = b""
    while True:
        if waiting:
            wake()
        chunk = os.read(3, 1 << 16)
        if not chunk:
            flush()
            os._exit(0)
        *lines, buffered = (buffered + chunk).split(b"\n")
        for line in lines:
            # Seldom enough to let the parent work on many at once, and often enough to have work from it in time.
            if waiting >= 16 or (waiting and time.perf_counter() - woken_at > 0.001):
                wake()
            if failure is not None:
                send("E", json.dumps(failure))
                continue
            try:
                invoke(handler, unmarshal(line.decode())[0])
            except SystemExit as error:
                os._exit(exit_status(error))
            except BaseException as error:
                failed(error)
                wake()
                os._exit(1)


main()
