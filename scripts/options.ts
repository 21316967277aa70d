/** The options of what npm runs: `--help` prints the usage and ends with 0, a wrong option is told in a sentence and ends with 2. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

export function readOptions<const Options extends ParseArgsOptionsConfig>(usage: string, options: Options) {
  const parse = () => parseArgs<{ options: Options }>({ options });
  const stop = (code: number, text: string): never => {
    (code === 0 ? console.log : console.error)(text);
    process.exit(code);
  };
  if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) stop(0, usage);
  try {
    return parse().values;
  } catch (error) {
    return stop(2, `${(error as Error).message}\n\n${usage}`);
  }
}
