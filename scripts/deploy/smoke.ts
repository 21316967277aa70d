/** Whether the deployed exchange is the one that was meant: its identity, its keys, a closed door, the steward's sign-in. */
import { connect } from "../../src/client/connect.ts";
import type { Profile } from "../../src/client/profile.ts";
import { Stop } from "./stop.ts";

interface Metadata {
  issuer: string;
  token_endpoint: string;
}

const again = "The Worker is deployed. Once this is mended: npm run deploy -- smoke";

/** Waits until the address answers: a new custom domain takes minutes to get its certificate. */
async function waitFor(url: string, seconds: number): Promise<Metadata> {
  const until = Date.now() + seconds * 1_000;
  for (let said = false; ; said = true) {
    let found = "";
    try {
      const response = await fetch(`${url}/.well-known/oauth-authorization-server`, {
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) return (await response.json()) as Metadata;
      found = `it answers ${response.status}`;
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      found = cause?.code ?? message;
    }
    if (Date.now() > until) throw new Stop(`${url} does not answer as an exchange yet (${found}). ${again}`);
    if (!said) console.log(`Waiting for ${url}, at most ${seconds} s …`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** `steward`: undefined where the sign-in is not to be tried. */
export async function smoke(url: string, steward: Profile | undefined, seconds: number): Promise<void> {
  const { issuer, token_endpoint } = await waitFor(url, seconds);
  if (issuer !== url)
    throw new Stop(`${url} calls itself ${issuer}: another deployment answers there. Look at its routes. ${again}`);
  console.log(`It calls itself ${issuer}; tokens at ${token_endpoint}.`);
  try {
    await tryDoors(url);
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(`${url} answered and then no longer (${(error as Error).message}). ${again}`);
  }
  if (steward) await trySteward(steward);
  else console.log("The steward's sign-in was not tried.");
}

async function tryDoors(url: string): Promise<void> {
  const jwks = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys?: { kid: string; d?: string }[] };
  if (jwks.keys?.length !== 1 || jwks.keys[0]!.d !== undefined)
    throw new Stop(`Its key set is not one public key. Make the keys again: npm run deploy -- keys. ${again}`);
  console.log(`Its key is ${jwks.keys[0]!.kid}.`);
  const closed = await fetch(`${url}/v1/tips`);
  await closed.body?.cancel();
  if (closed.status !== 401) throw new Stop(`GET /v1/tips without a token answers ${closed.status}, not 401. ${again}`);
}

async function trySteward(steward: Profile): Promise<void> {
  try {
    const me = await (await connect(steward)).call<{ partner: string; scopes: string[] }>("GET", "/v1/me");
    if (!me.scopes.includes("admin")) throw new Stop(`${me.partner} holds ${me.scopes}, not admin. ${again}`);
    console.log(`${me.partner} signs in and holds: ${me.scopes.join(", ")}.`);
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(
      `The steward cannot sign in: ${(error as Error).message} Is STEWARD_KEY the public half of this profile's key? ${again}`,
    );
  }
}
