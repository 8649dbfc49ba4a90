import { page } from "../google/source";
import type { Topology } from "../topology/topology";
import { isUnset } from "../topology/value";
import { type Rule, rule } from "./rule";

const signedUrls = page("cdn/docs/using-signed-urls");

/** Keys for signed URLs with the backend that each belongs to. */
function signedUrlKeys({ document }: Topology) {
  return ["backend_service", "backend_bucket"].flatMap((attribute) =>
    document.ofType(`google_compute_${attribute}_signed_url_key`).map((resource) => {
      const value = resource.values[attribute];
      return { resource, attribute, value, identity: document.identity(value) };
    }),
  );
}

/** Keys beyond the third of one backend. */
function keysBeyondThree(topology: Topology) {
  const counts = new Map<string, number>();
  return topology.once(signedUrlKeys).filter(({ attribute, identity }) => {
    const count = (counts.get(`${attribute} ${identity}`) ?? 0) + 1;
    counts.set(`${attribute} ${identity}`, count);
    return identity !== undefined && count > 3;
  });
}

/** Keys of Cloud CDN. What single attributes may be is in google/backend-service.ts. */
export const cdnRules: readonly Rule[] = [
  rule("cdn-signed-keys-count", keysBeyondThree, {
    title: "a backend must have at most three keys for signed URLs",
    advice: true,
    why: "Google speaks of up to three keys, one for each phase of a rotation, but the API's text names no number.",
    fix: "remove a key that is no longer in use",
    source: signedUrls,
    judge: ({ attribute, value }, blame) => blame(attribute, value),
  }),
  rule("cdn-signed-key-backend", (topology) => topology.once(signedUrlKeys), {
    title: "a key for signed URLs must belong to a backend with Cloud CDN",
    advice: true,
    why: "Signed URLs have no effect until Cloud CDN is enabled.",
    fix: "set enable_cdn = true on the backend",
    source: signedUrls,
    judge({ attribute, value }, blame, { document }) {
      const backend = document.target(value);
      if (!backend || backend.isData) return;
      if (isUnset(backend.values, "enable_cdn") || backend.values.enable_cdn === false) blame(attribute, value);
    },
  }),
];
