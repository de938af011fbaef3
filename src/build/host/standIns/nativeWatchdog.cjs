// Stands for the package @vscode/native-watchdog, in older servers native-watchdog, which ends a process whose parent is gone.
const intervalMs = 1000;

exports.start = (pid) => {
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      // There is no such process any more.
      process.exit(87);
    }
  }, intervalMs);
  timer.unref();
};
exports.exit = (code) => process.exit(code ?? 0);
