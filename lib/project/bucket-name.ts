import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { chosenName, generatedName, type NameRule } from "../core/naming";
import { providerProject } from "./provider";

/**
 * No dots: such names must be verified domains (docs.cloud.google.com/storage/docs/buckets, from
 * general knowledge, 2026-11).
 */
const NEW_NAME: NameRule = {
  kind: "bucketName",
  maxLength: 32,
  pattern: /^(?!goog)(?!.*g[o0]{2}g[l1]e)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
  allowed:
    'a name of 3 to 63 lower-case letters, digits and hyphens, which does not start with "goog" or contain "google"',
};
/** A project id has at most 30 characters; with a hyphen and this, a bucket name has at most 63. */
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** The user's own name for a new bucket, checked, or one of the project and the construct path. */
export function newBucketName(where: IConstruct, bucketName: string | undefined): string {
  if (bucketName !== undefined) return chosenName(where, NEW_NAME, bucketName);
  const project = providerProject(where);
  if (project === undefined || (!Token.isUnresolved(project) && !PROJECT.test(project))) {
    throw new ValidationError(where, {
      what: "bucketName",
      got: project === undefined ? "no name, and a provider without project" : `no name, and project ${project}`,
      allowed:
        "a name, or a project of the google provider to make one from: bucket names are shared by everyone on Google Cloud",
      fix: "set bucketName, or set project on the GoogleProvider and create it first",
    });
  }
  return `${project}-${generatedName(where, NEW_NAME)}`;
}
