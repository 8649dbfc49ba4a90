import { booleanOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { isSet } from "../places";

/** Keys for signed URLs and the backends that they belong to. */
export const signedKeyRules: readonly Rule[] = [
  {
    id: "cdn-signed-keys-count",
    title: "a backend has at most three keys for signed URLs",
    severity: "warning",
    why: "Google speaks of up to three keys, one for each phase of a rotation. The API's own text names no number, so the limit may have changed.",
    fix: "remove a key that is no longer in use",
    source: "docs.cloud.google.com/cdn/docs/using-signed-urls, read 2026-11-22",
    check(topology, report) {
      const counts = new Map<string, number>();
      for (const { key, backend } of signedKeys()) {
        for (const resource of topology.document.ofType(key)) {
          const target = topology.document.target(resource.values[backend]);
          if (!target) continue;
          const count = (counts.get(target.address) ?? 0) + 1;
          counts.set(target.address, count);
          if (count > 3) report(resource, backend, resource.values[backend], `number ${count}`);
        }
      }
    },
  },
  {
    id: "cdn-signed-key-backend",
    title: "a key for signed URLs belongs to a backend with Cloud CDN",
    severity: "warning",
    why: "The key may be there already, but signed URLs have no effect until Cloud CDN is enabled.",
    fix: "set enable_cdn = true on the backend",
    source: "docs.cloud.google.com/cdn/docs/using-signed-urls, read 2026-11-22",
    check(topology, report) {
      for (const { key, backend } of signedKeys()) {
        for (const resource of topology.document.ofType(key)) {
          const target = topology.backendOf(topology.document.target(resource.values[backend]));
          if (
            target &&
            (!isSet(target.resource.values.enable_cdn) || booleanOf(target.resource.values.enable_cdn) === false)
          )
            report(resource, backend, resource.values[backend]);
        }
      }
    },
  },
];

function signedKeys(): readonly { readonly key: string; readonly backend: string }[] {
  return ["backend_service", "backend_bucket"].map((backend) => ({
    key: `google_compute_${backend}_signed_url_key`,
    backend,
  }));
}
