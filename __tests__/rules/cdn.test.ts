import { adding, changed, describeGroup, type Json, on, resourceAt } from "./rule-support";
import { servingPath } from "./serving-path";

const API = "google_compute_backend_service.api";
const FILES = "google_compute_backend_bucket.files";
const KEY = "google_compute_backend_service_signed_url_key.a";

function key(values: Json = {}): Json {
  const backend_service = "${google_compute_backend_service.api.name}";
  return { name: "key", key_value: "${random_id.key.b64_url}", backend_service, ...values };
}

/** A backend service and a bucket with Cloud CDN, and three keys of each. */
function valid(): Json {
  const document = servingPath();
  resourceAt(document, API).enable_cdn = true;
  const bucket_name = "${google_storage_bucket.b.name}";
  document.output = { files: { value: `\${${FILES}.id}` } };
  adding({ [FILES]: { name: "files", bucket_name, enable_cdn: true, lifecycle: { create_before_destroy: true } } })(
    document,
  );
  for (const name of ["a", "b", "c"]) {
    const backend_bucket = "${google_compute_backend_bucket.files.name}";
    adding({
      [`google_compute_backend_service_signed_url_key.${name}`]: key({ name }),
      [`google_compute_backend_bucket_signed_url_key.${name}`]: key({
        name,
        backend_service: undefined,
        backend_bucket,
      }),
    })(document);
  }
  return document;
}

function withoutCdn(document: Json): void {
  resourceAt(document, API).enable_cdn = false;
}

describeGroup(
  "cdn",
  valid,
  [
    ...on(KEY, ["cdn-name-of-key", "name", "Key_1"], ["cdn-key-value", "key_value", "secret"]),
    changed(
      "cdn-signed-keys-count",
      KEY.replace(".a", ".d"),
      adding({ [KEY.replace(".a", ".d")]: key({ name: "d" }) }),
      { at: "backend_service" },
    ),
    changed("cdn-signed-key-backend", KEY, withoutCdn, { at: "backend_service" }),
  ],
  ["cdn-signed-keys-count", "cdn-signed-key-backend"],
);
