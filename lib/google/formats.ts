import { fulfilling, length, matching } from "./limit";
import { api, page, provider } from "./source";

/** RFC 1035, as Compute Engine and many others name things. */
export const RFC1035 = matching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, "1 to 63 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen").fix(
  "shorten or respell the name",
);

/** Names of Compute Engine resources. */
export const computeName = RFC1035.from(api("Compute API v1")("name"));

/** The first part of a name that the provider completes. */
export const namePrefix = matching(/^[a-z][-a-z0-9]{0,53}$/, "1 to 54 lower-case letters, digits and hyphens, starting with a letter").fix(
  "shorten or respell the prefix",
  provider("google_compute_instance_template 7.45.0"),
);

export const regionName = matching(/^[a-z]+(-[a-z]+)+\d+$/, "the name of a region, such as europe-west1");

export const accountEmail = matching(/^[^@\s:/]+@[^@\s:/]+$/, "the email of a service account")
  .refusing(/^(serviceAccount:|projects\/)/)
  .fix("use google_service_account.NAME.email")
  .refs({ google_service_account: "email" });

export const cryptoKey = matching(/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/, "the id of a key, without a version")
  .fix("use google_kms_crypto_key.NAME.id")
  .refs({ google_kms_crypto_key: "id" });

export const displayName = length(1, 512).fix("shorten the name");

/** A path that is taken as it is written, though it looks as if parts of it stood for others. */
export const literalPath = matching(/^(?!.*\/(:[A-Za-z_]|\{[^}]*\}(\/|$)|<[^>]*>(\/|$)))/s, "a path without :name, {name} and <name>")
  .named("literal")
  .trying({ allowed: ["/v1/models/gemma:predict", "/:", "/a{b}c"], refused: ["/v1/:model", "/v1/{model}", "/v1/{model=*}/chat", "/v1/<model>"] })
  .advice("It is taken literally: it stands for no other text.");

/** Characters of a header name. */
export const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

export const headerName = matching(new RegExp(`^${TOKEN}$`), "a header name (token of RFC 7230)").fix("use letters, digits and hyphens", page("datatracker.ietf.org/doc/html/rfc7230"));

export const topicId = matching(/^projects\/[^/]+\/topics\/[^/]+$/, "projects/PROJECT/topics/TOPIC")
  .fix("use google_pubsub_topic.NAME.id")
  .refs({ google_pubsub_topic: "id" });

export const bytes = (most: number) => fulfilling(`at most ${most} bytes`, (value) => Buffer.byteLength(String(value)) <= most, { max: most, refused: ["x".repeat(most + 1)] });

/** What a repeated block is, as a list of blocks. */
export const blocksIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] => [value].flat().map((each) => Object(each));
