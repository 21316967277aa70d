/** A runtime in a process of its own, to be killed: state, port and the bundled script as arguments. Says "ready". */
import { startRuntime } from "../../scripts/runtime.ts";

const [state, port, script] = process.argv.slice(2) as [string, string, string];
await startRuntime({ state, port: Number(port), script });
console.log("ready");
