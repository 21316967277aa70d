/** A runtime in a process of its own, to be killed: state, port, bundle's folder and script as arguments. Says "ready". */
import { startRuntime } from "../../scripts/runtime.ts";

const [state, port, folder, script] = process.argv.slice(2) as [string, string, string, string];
await startRuntime({ state, port: Number(port), bundle: { folder, script } });
console.log("ready");
