/**
 * How platforms write the addresses of accounts and posts. A rule is a path and a kind: `{name}` is one piece of a path
 * segment, `{name#}` digits alone, `/*` whatever follows, `?q={name}` a parameter. The first rule that fits is taken.
 * A rule without a kind leaves it open (Telegram does not tell a channel from a person).
 */
const rules: Record<string, string[]> = {
  x: [
    "/i/status/{post#}/* post",
    "/i/web/status/{post#} post",
    "/{author}/status/{post#}/* post",
    "/i/user/{id#} profile",
    "/intent/user?user_id={id} profile",
    "/i/communities/{id#} community",
    "/i/events/{id#} event",
    "/@{handle}/* profile",
    "/{handle} profile",
    "/{handle}/with_replies profile",
    "/{handle}/media profile",
  ],
  facebook: [
    "/groups/{group}/posts/{post#} post",
    "/groups/{group}/permalink/{post#} post",
    "/permalink.php?story_fbid={post}&id={author_id} post",
    "/story.php?story_fbid={post}&id={author_id} post",
    "/watch?v={post} post",
    "/photo?fbid={post} post",
    "/photo.php?fbid={post} post",
    "/reel/{post#} post",
    "/{author}/posts/{post} post",
    "/{author}/videos/{post#} post",
    "/{author}/photos/{skip}/{post#} post",
    "/profile.php?id={id} profile",
    "/groups/{id#} group",
    "/groups/{handle} group",
    "/events/{id#} event",
    "/people/{skip}/{id#} profile",
    "/pages/{skip}/{id#} page",
    "/p/{skip}-{id#} page",
    "/pg/{handle}/* page",
    "/{id#}",
    "/{handle}",
    "/{handle}/about",
  ],
  instagram: [
    "/p/{post} post",
    "/reel/{post} post",
    "/tv/{post} post",
    "/{author}/p/{post} post",
    "/{author}/reel/{post} post",
    "/stories/{author}/{post#} post",
    "/{handle} profile",
  ],
  threads: ["/@{author}/post/{post} post", "/t/{post} post", "/@{handle} profile"],
  youtube: [
    "/watch?v={post} post",
    "/shorts/{post} post",
    "/live/{post} post",
    "/embed/{post} post",
    "/post/{post} post",
    "/channel/{id}/* channel",
    "/@{handle}/* channel",
    "/c/{handle}/* channel",
    "/user/{handle}/* channel",
  ],
  tiktok: ["/@{author}/video/{post#} post", "/@{author}/photo/{post#} post", "/@{handle} profile"],
  telegram: [
    "/s/{author}/{post#} post",
    "/c/{author_id#}/{post#} post",
    "/{author}/{post#} post",
    "/joinchat/{id} group",
    "/+{id} group",
    "/s/{handle}",
    "/{handle}",
  ],
  reddit: [
    "/r/{group}/comments/{post}/* post",
    "/user/{author}/comments/{post}/* post",
    "/comments/{post} post",
    "/r/{handle} community",
    "/user/{handle}/* profile",
    "/u/{handle}/* profile",
  ],
  pinterest: ["/pin/{post#} post", "/{handle} profile"],
  linkedin: [
    "/feed/update/{post} post",
    "/posts/{author}_{post} post",
    "/in/{handle}/* profile",
    "/company/{handle}/* page",
    "/school/{handle}/* page",
    "/showcase/{handle}/* page",
    "/groups/{id#} group",
  ],
  vk: [
    "/wall{post} post",
    "/video{post} post",
    "/photo{post} post",
    "/id{id#} profile",
    "/club{id#} group",
    "/public{id#} page",
    "/event{id#} event",
    "/{handle}",
  ],
  ok: [
    "/profile/{id#}/statuses/{post#} post",
    "/group/{group}/topic/{post#} post",
    "/video/{post#} post",
    "/profile/{id#} profile",
    "/group/{id#} group",
    "/{handle}",
  ],
  tumblr: [
    "/{author}/{post#}/* post",
    "/blog/view/{handle} blog",
    "/blog/{handle} blog",
    "/@{handle} blog",
    "/{handle} blog",
  ],
  medium: ["/@{author}/{post} post", "/p/{post} post", "/@{handle} profile"],
  quora: ["/profile/{handle}/* profile"],
  gab: ["/{author}/posts/{post#} post", "/groups/{id#} group", "/@{handle} profile", "/{handle} profile"],
  gettr: ["/post/{post} post", "/user/{handle} profile"],
  truthsocial: [
    "/@{author}/posts/{post#} post",
    "/@{author}/{post#} post",
    "/group/{handle} group",
    "/@{handle} profile",
  ],
  rumble: ["/c/{handle}/* channel", "/user/{handle}/* channel", "/v{post}.html post"],
  odysee: ["/@{author}/{post} post", "/@{handle} channel"],
  livejournal: ["/users/{handle} blog", "/profile?user={handle} blog"],
  vimeo: ["/channels/{handle} channel", "/user{id#} profile", "/{post#} post", "/{handle} profile"],
  dailymotion: ["/video/{post} post", "/user/{handle} channel", "/{handle} channel"],
  soundcloud: ["/{handle} profile", "/{author}/{post} post"],
  bluesky: ["/profile/{author}/post/{post} post", "/profile/{handle} profile"],
  weibo: [
    "/u/{id#} profile",
    "/n/{handle} profile",
    "/detail/{post} post",
    "/status/{post} post",
    "/{author_id#}/{post} post",
    "/{id#} profile",
    "/{handle} profile",
  ],
  douyin: ["/video/{post#} post", "/user/{id} profile"],
  discord: ["/invite/{id} community", "/channels/{group}/{skip}/{post#} post", "/users/{id#} profile"],
  whatsapp: ["/channel/{id}/* channel", "/invite/{id} group"],
  snapchat: ["/add/{handle} profile", "/p/{handle} profile", "/@{handle} profile"],
  flickr: [
    "/photos/{author}/{post#}/* post",
    "/people/{handle} profile",
    "/photos/{handle} profile",
    "/groups/{handle} group",
  ],
  substack: ["/@{author}/note/{post} post", "/@{handle} profile"],
  patreon: ["/posts/{post} post", "/user?u={id} profile", "/c/{handle}/* profile", "/{handle} profile"],
  github: ["/{handle} profile"],
  gitlab: ["/{handle} profile"],
  "change.org": ["/p/{post} post", "/u/{handle} profile"],
  linktree: ["/{handle} profile"],
  bitchute: ["/video/{post} post", "/channel/{handle} channel", "/profile/{handle} profile"],
  parler: ["/post/{post} post", "/user/{handle} profile", "/{handle} profile"],
  minds: ["/newsfeed/{post#} post", "/group/{id#}/* group", "/{handle} profile"],
};
const unknownSite = ["/@{handle}", "/user/{handle}", "/users/{handle}", "/u/{handle}"];

/** Platforms where each blog is a host of its own, and the suffix it lies under. */
export const blogHosts: Record<string, string[]> = {
  blogspot: ["blogspot.com"],
  wordpress: ["wordpress.com"],
  livejournal: ["livejournal.com"],
  tumblr: ["tumblr.com"],
  substack: ["substack.com"],
};

// First segments that are the platform's own pages.
const reserved = new Set(
  "about account accounts ads advertising api app apps ajax blog blogs business careers category categories contact careers dashboard developer developers directory discover docs download en events explore faq features feed following followers groups guidelines hashtag hashtags help home i index index.html index.php intent jobs join joinchat legal live login logout marketplace me media messages messenger news notifications oauth p pages photo photos pin plugins policies posts press pricing privacy profile profile.php pub public reel reels register s search security settings share sharer sharer.php shop signin signup site sitemap status stories story.php store tag tags terms topic topics trending tv u upload user users video videos wall watch web www".split(
    " ",
  ),
);

interface Compiled {
  path: RegExp;
  query: [string, string][];
  kind: string | undefined;
  /** It begins with a bare name: then the platform's own pages are no accounts. */
  bare: boolean;
}
const compiled = new Map<string, Compiled[]>();

function compile(rule: string): Compiled {
  const [form = "", kind] = rule.split(" ");
  const [path = "", query] = form.split("?");
  const open = path.endsWith("/*");
  const source = (open ? path.slice(0, -2) : path)
    .replace(/[.+]/g, "\\$&")
    .replaceAll("{skip}", "[^/]+")
    // What an underscore ends is read up to the first one, never tried further.
    .replace(/\{(\w+)(#?)\}(_?)/g, (_, name: string, digits: string, end: string) => {
      const piece = digits ? "\\d+" : end ? "[^/][^/_]*" : "[^/]+?";
      return `(?<${name}>${piece})${end}`;
    });
  return {
    path: new RegExp(`^${source}${open ? "(?:/[^]*)?$" : "/*$"}`),
    query: (query ?? "")
      .split("&")
      .filter(Boolean)
      .map((pair) => pair.split("=") as [string, string]),
    kind,
    bare: /^\/\{(handle|author)/.test(path),
  };
}

/** What the path of a URL on `platform` names: members by name (`handle`, `id`, `post`, `author`, `author_id`), and the kind. */
export function readPath(platform: string, url: URL): (Record<string, string> & { kind?: string }) | undefined {
  let all = compiled.get(platform);
  if (!all) {
    // Rules only of listed platforms are kept: a stranger's domains must not fill the memory.
    const key = Object.hasOwn(rules, platform) ? platform : "";
    all = compiled.get(key) ?? (key ? rules[key]! : unknownSite).map(compile);
    compiled.set(key, all);
  }
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  for (const { path: form, query, kind, bare } of all) {
    const found = form.exec(path)?.groups ?? (form.test(path) ? {} : undefined);
    if (!found) continue;
    const members: Record<string, string> = { ...found, ...(kind && { kind }) };
    const complete = query.every(([name, hole]) => {
      const value = url.searchParams.get(name);
      if (value) members[hole.slice(1, -1)] = value;
      return Boolean(value);
    });
    const name = members.handle ?? members.author ?? members.id ?? "x";
    if (!complete || name.length > 200 || /[\s/\\?#]/.test(name)) continue;
    const first = path.split("/")[1]!.toLowerCase();
    if (bare && reserved.has(first)) continue;
    return members;
  }
  return undefined;
}
