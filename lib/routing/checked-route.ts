import type { IConstruct } from "constructs";
import { BackendKind, nameOfBackend } from "../backend/backend";
import { checkInteger, checkLiteral, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { urlPath } from "../google/url-map";
import { checkHeaderChanges } from "./header-action";
import { checkTemplate, checkTemplateRewrite } from "./path-template";
import type { RouteProps } from "./route";
import { checkAction } from "./route-action";
import { type Conditions, checkConditions, conditionCount } from "./route-match";
import { checkPath, normalHost } from "./route-pattern";
import { checkWeights } from "./weighted-backend";

export const ANY_HOST = "*";
export const ANY_PATH = "/*";
/** The first automatic priority; explicit ones are below it. */
export const FIRST_AUTOMATIC_PRIORITY = 1_000_000;

export interface PathPattern {
  readonly text: string;
  readonly isTemplate: boolean;
}

/** A route whose props are consistent. */
export interface CheckedRoute extends Conditions {
  readonly hosts: readonly string[];
  readonly patterns: readonly PathPattern[];
  /** Only hosts, paths and a backend or redirect, which fit a path rule. */
  readonly isPlain: boolean;
  readonly props: RouteProps;
}

const ACTIONS = [
  "pathPrefixRewrite",
  "pathTemplateRewrite",
  "hostRewrite",
  "setRequestHeaders",
  "addRequestHeaders",
  "removeRequestHeaders",
  "setResponseHeaders",
  "addResponseHeaders",
  "removeResponseHeaders",
  "cors",
  "mirrorTo",
  "retry",
  "timeoutSeconds",
  "cdn",
  "fault",
] as const;
const LISTS = ["hosts", "paths", "templates", "headers", "queryParameters", "methods", "weightedBackends"] as const;

/**
 * Checks a whole route.
 *
 * @throws ValidationError for what Google Cloud would reject, or what would not work as declared.
 */
export function checkRoute(where: IConstruct, props: RouteProps): CheckedRoute {
  const empty = LISTS.find((name) => props[name]?.length === 0);
  if (empty !== undefined) {
    throw new ValidationError(where, {
      what: empty,
      got: [],
      allowed: "at least one, or leave it out for all",
      fix: "name one, or leave the prop out",
    });
  }
  const { headers = [], queryParameters = [], methods = [], templates = [] } = props;
  const hosts = (props.hosts ?? [ANY_HOST]).map((host) => normalHost(where, "host", host));
  const paths = props.paths ?? (templates.length > 0 ? [] : [ANY_PATH]);
  for (const path of paths) checkPath(where, path);
  for (const template of templates) checkTemplate(where, template);
  checkUnique(where, "hosts", hosts, "name each host once");
  checkUnique(where, "paths", paths, "name each path once");
  checkUnique(where, "templates", templates, "name each template once");
  const conditions = { headers, queryParameters, methods };
  checkConditions(where, conditions);
  checkInteger(
    where,
    "priority",
    props.priority,
    0,
    FIRST_AUTOMATIC_PRIORITY - 1,
    "leave it out for the longest match first",
  );
  checkLiteral(where, "priority", props.priority);
  if (props.priority !== undefined && conditionCount(conditions) === 0 && paths.length > 0) {
    throw new ValidationError(where, {
      what: "priority",
      got: props.priority,
      allowed: "with headers, queryParameters or methods, or with templates alone",
      fix: `leave it out: tried first, ${paths[0]} would hide every narrower route below it, and the longest match wins without it`,
    });
  }
  const actions = ACTIONS.filter((name) => props[name] !== undefined);
  checkTarget(where, props, actions);
  props.redirect?._check(where, paths, templates);
  checkRewrites(where, props, paths);
  checkHeaderChanges(where, props);
  checkAction(where, props, methods);
  props.cdn?._renderForRoute(where);
  if (props.cdn && props.backend?.backendKind === BackendKind.BUCKET) {
    throw new ValidationError(where, {
      what: "cdn",
      got: nameOfBackend(props.backend),
      allowed: "on routes to backend services",
      fix: "set cdn on the BucketBackend",
    });
  }
  const { mirrorTo } = props;
  if (mirrorTo?.backendKind === BackendKind.SERVERLESS || mirrorTo?.backendKind === BackendKind.BUCKET) {
    throw new ValidationError(where, {
      what: "mirrorTo",
      got: nameOfBackend(mirrorTo),
      allowed: "a backend service without serverless NEGs: Google Cloud does not mirror to them, nor to buckets",
      fix: "mirror to an instance group, or use weightedBackends for a canary",
    });
  }
  const isPlain =
    props.weightedBackends === undefined &&
    props.priority === undefined &&
    templates.length === 0 &&
    actions.length === 0 &&
    conditionCount(conditions) === 0;
  const patterns = [
    ...paths.map((text) => ({ text, isTemplate: false })),
    ...templates.map((text) => ({ text, isTemplate: true })),
  ];
  return { ...conditions, hosts, patterns, isPlain, props };
}

function checkTarget(where: IConstruct, props: RouteProps, actions: readonly string[]): void {
  const targets = (["backend", "weightedBackends", "redirect"] as const).filter((name) => props[name] !== undefined);
  if (targets.length !== 1) {
    throw new ValidationError(where, {
      what: "route target",
      got: targets,
      allowed: "exactly one of backend, weightedBackends and redirect",
      fix: "a request goes to one place: keep one of them",
    });
  }
  if (props.weightedBackends) checkWeights(where, props.weightedBackends);
  if (props.redirect && actions.length > 0) {
    throw new ValidationError(where, {
      what: "redirect",
      got: actions,
      allowed: "a redirect with matches only: redirected requests do not reach a backend",
      fix: "keep the redirect or the others",
    });
  }
}

function checkRewrites(where: IConstruct, props: RouteProps, paths: readonly string[]): void {
  const { pathPrefixRewrite: prefix, pathTemplateRewrite: template, templates = [], hostRewrite } = props;
  if ((prefix !== undefined && templates.length > 0) || (template !== undefined && paths.length > 0)) {
    throw new ValidationError(where, {
      what: prefix === undefined ? "pathTemplateRewrite" : "pathPrefixRewrite",
      got: prefix === undefined ? paths : templates,
      allowed: "pathPrefixRewrite with paths, pathTemplateRewrite with templates, and not a mixture",
      fix: "make two routes of it",
    });
  }
  if (template !== undefined) checkTemplateRewrite(where, template, templates);
  if (hostRewrite !== undefined && normalHost(where, "hostRewrite", hostRewrite).startsWith("*")) {
    throw new ValidationError(where, {
      what: "hostRewrite",
      got: hostRewrite,
      allowed: "one host",
      fix: "name the host that the backend should see",
    });
  }
  if (prefix === undefined) return;
  checkLiteral(where, "pathPrefixRewrite", prefix);
  const open = paths.find((path) => path.endsWith("*"));
  if (
    !urlPath.holds(prefix) ||
    /[?#*\s]/.test(prefix) ||
    (open !== undefined && !prefix.endsWith("/")) ||
    (open !== undefined && paths.some((path) => !path.endsWith("*")))
  ) {
    throw new ValidationError(where, {
      what: "pathPrefixRewrite",
      got: prefix,
      allowed: `${urlPath.text}, without *, ? and #${open ? `, and ends with / as ${open} does; exact paths in a route of their own` : ""}`,
      fix: open ? "the rest of the path is appended unchanged" : 'for example "/v2/models"',
    });
  }
}
