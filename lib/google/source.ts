/** Where a fact stands. What kind of source it is decides whether a violation is an error. */
export interface Source {
  /**
   * `api`: Google's API reference. `page`: a page of docs.cloud.google.com. `provider`:
   * documentation or code of the Terraform provider. `measured`: tried with the real provider.
   * `quoted`: an error of Google Cloud, word for word in a report. `reported`: any other issue or
   * forum. `unconfirmed`: known from experience, and no page at hand says so.
   */
  readonly kind: "api" | "page" | "provider" | "measured" | "quoted" | "reported" | "unconfirmed";
  /**
   * The API's field, the page's address, the provider's version and resource, or what was tried.
   */
  readonly where: string;
  /**
   * When it was read or tried, as YYYY-MM-DD or YYYY-MM; empty for a provider version, which says
   * it.
   */
  readonly read: string;
  /** Which command of Terraform refuses it, where that comes before apply. */
  readonly refusedBy?: "validate" | "plan";
}

const READ = "2026-11-22";

/** The API reference: `api("Compute API v1")("BackendService.timeoutSec")`. */
export function api(name: string, read = READ): (field: string) => Source {
  return (field) => ({ kind: "api", where: `${name}, ${field}`, read });
}

/** A page of docs.cloud.google.com, by its path; another host by its whole address. */
export function page(path: string, read = READ): Source {
  return { kind: "page", where: /^[a-z]+\.[a-z.]+\//.test(path) ? path : `docs.cloud.google.com/${path}`, read };
}

/**
 * The provider's documentation or code, in the version that was read:
 * `provider("google_compute_url_map 7.45.0")`.
 */
export function provider(where: string, refusedBy?: Source["refusedBy"]): Source {
  return { kind: "provider", where: `provider ${where}`, read: "", refusedBy };
}

/** What the real provider or Google Cloud did when it was tried. */
export function measured(where: string, read: string): Source {
  return { kind: "measured", where, read };
}

/** An error of Google Cloud that a public report quotes word for word, which is as good as tried. */
export function quoted(error: string, report: string, read = "2026-11"): Source {
  return { kind: "quoted", where: `Google Cloud: 400 "${error}" (${report})`, read };
}

/** A public report, such as an issue of the provider. */
export function reported(where: string, read = READ): Source {
  return { kind: "reported", where, read };
}

/** What no source at hand confirms, however likely it is. */
export function unconfirmed(where: string, read = "2026-11"): Source {
  return { kind: "unconfirmed", where, read };
}

/** Only what is documented, was measured, or is an error that was seen may fail a deploy. */
export function isConfirmed({ kind }: Source): boolean {
  return kind !== "reported" && kind !== "unconfirmed";
}

/** The source as one line. */
export function sourceText({ kind, where, read }: Source): string {
  if (kind === "provider") return where;
  const verb = kind === "measured" ? "measured" : kind === "unconfirmed" ? "unconfirmed" : "read";
  return read === "" ? where : `${where}, ${verb} ${read}`;
}
