/**
 * The MISP object templates that stand for accounts and posts, and which of our members each relation holds. From the
 * misp-objects repository; ids and relations are facts that every MISP knows.
 */
export interface Template {
  name: string;
  uuid: string;
  version: number;
  type: "account" | "post";
  platform?: string;
  /** What somebody else's object of this template is. */
  kind?: string;
  /** The kinds of ours that are shown in it; `kind` alone, or profiles, where not stated. */
  kinds?: readonly string[];
  /** Member -> relation. An object has at least one of the identifying ones. */
  relations: Readonly<Record<string, string>>;
}

const accounts = "account" as const;
const posts = "post" as const;

/** Without `platform`, any. The first that fits is taken. */
export const templates: readonly Template[] = [
  {
    name: "twitter-account",
    uuid: "8066563f-881e-4f6a-9d6c-a9d15b8658bb",
    version: 7,
    type: accounts,
    platform: "x",
    relations: {
      id: "id",
      handle: "name",
      display_name: "displayed-name",
      followers: "followers",
      created_at: "joined-date",
      url: "link",
    },
  },
  {
    name: "facebook-account",
    uuid: "b9862b95-7d78-4938-a2b5-13e45c60f25a",
    version: 1,
    type: accounts,
    platform: "facebook",
    relations: { id: "account-id", handle: "account-name", url: "link" },
  },
  {
    name: "facebook-page",
    uuid: "e76892db-c168-4289-b957-56e3021c46b9",
    version: 1,
    type: accounts,
    platform: "facebook",
    kind: "page",
    relations: { id: "page-id", handle: "page-alias", display_name: "page-name", url: "link" },
  },
  {
    name: "facebook-group",
    uuid: "165c5507-1cba-4cec-9be4-66e21b590ee6",
    version: 2,
    type: accounts,
    platform: "facebook",
    kind: "group",
    kinds: ["group", "community"],
    relations: { id: "id", handle: "group-alias", display_name: "group-name", url: "link" },
  },
  {
    name: "instagram-account",
    uuid: "656ced16-23f3-4322-925d-c9c961684999",
    version: 1,
    type: accounts,
    platform: "instagram",
    relations: { id: "account-id", handle: "account-name", url: "link" },
  },
  {
    name: "telegram-bot",
    uuid: "e2cb6c8f-45fa-429d-9cdb-05298ab21f46",
    version: 2,
    type: accounts,
    platform: "telegram",
    kind: "bot",
    relations: { handle: "username", display_name: "name" },
  },
  {
    name: "telegram-account",
    uuid: "06f02ecf-5afb-42c5-9cb0-b362e222f52c",
    version: 2,
    type: accounts,
    platform: "telegram",
    relations: { id: "id", handle: "username" },
  },
  {
    name: "youtube-channel",
    uuid: "cb9f492b-9930-4388-98e1-5d0cdcfa51df",
    version: 1,
    type: accounts,
    platform: "youtube",
    kind: "channel",
    kinds: ["channel", "profile"],
    relations: { id: "channel-id", handle: "channel-name", url: "link" },
  },
  {
    name: "reddit-account",
    uuid: "6802f885-2003-494a-b234-61aadce62731",
    version: 2,
    type: accounts,
    platform: "reddit",
    relations: { id: "account-id", handle: "account-name", url: "link" },
  },
  {
    name: "reddit-subreddit",
    uuid: "5a00464c-5379-4e66-ab21-d356ba426155",
    version: 2,
    type: accounts,
    platform: "reddit",
    kind: "community",
    kinds: ["community", "group"],
    relations: { handle: "display-name", url: "link" },
  },
  {
    name: "github-user",
    uuid: "4329b5e6-8e6a-4b55-8fd1-9033782017d4",
    version: 1,
    type: accounts,
    platform: "github",
    relations: { handle: "username", display_name: "user-fullname", url: "link" },
  },
  {
    name: "user-account",
    uuid: "49606b06-22f0-4ac8-8eee-2f12ad46f3d3",
    version: 6,
    type: accounts,
    kinds: ["profile", "page", "group", "channel", "community", "event", "ad-account", "bot", "blog"],
    relations: {
      platform: "account-type",
      id: "user-id",
      handle: "username",
      display_name: "display-name",
      created_at: "created",
      url: "link",
    },
  },
  {
    name: "twitter-post",
    uuid: "d1214031-ce1b-4a35-bd33-644c707bda2e",
    version: 1,
    type: posts,
    platform: "x",
    relations: { id: "post-id", url: "link", author: "user-name", author_id: "user-id" },
  },
  {
    name: "facebook-post",
    uuid: "82c1fd90-85a1-4420-a315-d2a7cfae2f01",
    version: 1,
    type: posts,
    platform: "facebook",
    relations: { id: "post-id", url: "link", author: "username", author_id: "user-id" },
  },
  {
    name: "reddit-post",
    uuid: "e5ed7e7f-2e21-44ff-839f-e58d9818f17f",
    version: 1,
    type: posts,
    platform: "reddit",
    relations: { url: "link", author: "creator" },
  },
  {
    name: "youtube-video",
    uuid: "2bd68462-a509-4320-b5c6-760a57fd1a80",
    version: 1,
    type: posts,
    platform: "youtube",
    relations: { url: "link", author: "creator" },
  },
  {
    name: "microblog",
    uuid: "8ec8c911-ddbe-4f5b-895b-fbff70c42a60",
    version: 8,
    type: posts,
    relations: { platform: "type", url: "link", author: "username" },
  },
];
