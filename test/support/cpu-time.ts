/** Milliseconds that this process has computed so far: unlike a clock it does not count what others do meanwhile. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
