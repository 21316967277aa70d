// node mirror.mjs [facepage.json] [folder] [accounts.csv] – a copy at home of all you may see, and a file matched in it unseen
// by anybody; needs Node 22.13 or later
import { readFileSync } from "node:fs";
import { connect } from "tipoff";
import { Mirror, MirrorError, matchFile } from "tipoff/mirror";

const [profile = "facepage.json", folder = "mirror", file] = process.argv.slice(2);
const exchange = await connect(JSON.parse(readFileSync(profile, "utf8")));
try {
  const mirror = await Mirror.open(folder);
  const { tips, indicators, unverified } = await mirror.sync(exchange);
  console.log(`${indicators} indicators of ${tips} tips; ${unverified.length} tips did not verify and are not stored`);
  // From here on nothing is sent anywhere.
  const [answer] = await mirror.match(["harbour-news.example"]);
  for (const hit of answer.hits) console.log(hit.how, hit.from, hit.operation.name, hit.control);
  if (file) {
    const { matched, asked } = await matchFile(mirror, file, {
      platform: "facepage",
      found: ({ line, list, match }) => console.log(`line ${line}: ${list}, ${match.how}, ${match.operation.name}`),
    });
    console.log(`${matched} of ${asked} matched`);
  }
  mirror.close();
} catch (error) {
  if (!(error instanceof MirrorError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
