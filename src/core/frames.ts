/** Where an error arose, for logs: its name and frames, never its message, which may quote what a partner wrote. */
export function framesOf({ name, stack }: Error): string {
  const frames = stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? [];
  return [name, ...frames.slice(0, 3).map((line) => line.trim())].join(" ");
}
