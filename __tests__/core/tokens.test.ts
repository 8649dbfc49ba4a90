import { Lazy, type TerraformStack, TerraformVariable, Token } from "cdktf";
import * as library from "../../lib";
import { HeaderMatch, QueryParameterMatch, Redirect, Secret } from "../../lib";
import { classes, enums, structs } from "../../lib/core/public-api";
import { type Declared, parametersOf, propertiesOf } from "../../lib/core/shapes";
import { testStack } from "../support";
import { everyConstruct, everyMethod, everyValue, places } from "./every-construct";

type Callable = (...args: unknown[]) => unknown;
const exported = library as unknown as Record<string, (new (...args: unknown[]) => object) & Record<string, Callable>>;
const constructs = Object.keys(classes).filter((name) => parametersOf(name, "new"));
const factories = Object.keys(everyValue).flatMap((name) =>
  classes[name]!.split("; ").flatMap(
    (row) =>
      /^static (\w+)\(.+\)/
        .exec(row)
        ?.slice(1)
        .map((factory) => ({ name, factory })) ?? [],
  ),
);

test("every construct can be made of its required props", () => {
  expect(Object.keys(everyConstruct).sort()).toEqual(constructs.sort());
  for (const name of constructs) {
    const stack = testStack();
    new exported[name]!(stack, "made", everyConstruct[name]!(stack));
    JSON.stringify(stack.toTerraform());
  }
});

/** A variable as a value of each kind. */
function tokenOf(stack: TerraformStack, type: string): unknown {
  const variable = new TerraformVariable(stack, "token", {});
  const kinds: Record<string, () => unknown> = {
    any: () => Lazy.anyValue({ produce: () => variable.stringValue }),
    string: () => variable.stringValue,
    number: () => variable.numberValue,
    "string[]": () => variable.listValue,
    "number[]": () => Token.asNumberList(variable.value),
    "string{}": () => Token.asStringMap(variable.value),
    "number{}": () => Token.asNumberMap(variable.value),
  };
  return kinds[type]!();
}

/** What became of the token: it is in the JSON, an error names it, or else something is wrong. */
function outcome(type: string, use: (stack: TerraformStack, token: unknown) => void): string {
  const stack = testStack();
  try {
    use(stack, tokenOf(stack, type));
    const json = JSON.stringify({ ...stack.toTerraform(), variable: {} });
    const raw = json.search(/TfToken|e\+[23]\d\d/);
    if (raw >= 0) return `raw in JSON: ${json.slice(Math.max(0, raw - 60), raw + 30)}`;
    return json.includes("var.token") ? "works" : "lost";
  } catch (error) {
    const { name, message } = error as Error;
    return name === "ValidationError" && !/TfToken|e\+[23]\d\d/.test(message)
      ? `refused ${message}`
      : `${name}: ${message}`;
  }
}

/** What the resources of these tests do not have. */
const UNUSED = new RegExp(
  [
    "dnsTtlSeconds$",
    "^(NetworkFirewall|NetworkRegion) (networkId|project|region|ipCidrRange)$",
    "keepRecentVersions$",
    "^Probe.* options.successThreshold$",
  ].join("|"),
);

function wrongOf(title: string, declared: Declared, use: (stack: TerraformStack, value: unknown) => void): string[] {
  return places(declared).flatMap(({ path, type, put }) => {
    const result = outcome(type, (stack, token) => use(stack, put(token, stack)));
    const isFine = result === "works" || result.startsWith("refused") || UNUSED.test(`${title} ${path}`);
    return isFine ? [] : [`${title} ${path} (${type}): ${result}`];
  });
}

test.each(constructs)("a reference of any type in a prop of %s works or is refused", (name) => {
  const struct = parametersOf(name, "new")!.at(-1)!.type;
  const wrong = [...propertiesOf(struct).values()]
    .filter(({ type }) => /^(string|number|boolean)\b/.test(type))
    .flatMap((property) => {
      const result = outcome("any", (stack, token) => {
        new exported[name]!(stack, "made", { ...everyConstruct[name]!(stack), [property.name]: token });
      });
      const isFine = result === "works" || result.startsWith("refused") || UNUSED.test(`${name} ${property.name}`);
      return isFine ? [] : [`${name} ${property.name} (${property.type}): ${result}`];
    });
  expect(wrong).toEqual([]);
});

test.each(constructs)("a token in a prop of %s works or is refused", (name) => {
  const struct = parametersOf(name, "new")!.at(-1)!.type;
  const wrong = [...propertiesOf(struct).values()].flatMap((property) =>
    wrongOf(name, property, (stack, value) => {
      new exported[name]!(stack, "made", { ...everyConstruct[name]!(stack), [property.name]: value });
    }),
  );
  expect(wrong).toEqual([]);
});

/** Arguments with which a factory can be called. */
const given: Readonly<Record<string, (stack: TerraformStack) => unknown>> = {
  members: () => ["group:callers@example.com"],
  domains: () => ["api.example.com"],
  metrics: () => [{ name: "orca.queue" }],
  path: () => "/healthz",
  mountPath: () => "/models",
  metric: () => "custom.googleapis.com/queue",
  certificateMapId: () => "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m",
  check: () => library.HealthCheck.http("/healthz"),
  secret: (stack) => Secret.fromName(stack, "Given", "given", { version: "1" }),
  fields: () => ["tls.protocol"],
  RateBalancingOptions: () => ({ maxRatePerInstance: 5 }),
  ConnectionBalancingOptions: () => ({ maxConnectionsPerInstance: 5 }),
  EdgeRateOptions: () => ({ requests: 100 }),
  EdgeBanOptions: () => ({ requests: 100, banSeconds: 60 }),
  NewBucketOptions: () => ({ location: "EU" }),
  count: () => 1,
  target: () => 0.5,
  number: () => 60,
};

test.each(factories)("a token given to $name $factory works or is refused", ({ name, factory }) => {
  const [construct, props] = everyValue[name]!;
  const parameters = parametersOf(name, `static ${factory}`)!;
  const argument = ({ name: what, type, isOptional }: Declared, stack: TerraformStack) =>
    (
      given[what] ??
      given[type] ??
      (type in enums || isOptional ? () => undefined : type.endsWith("[]") ? () => [] : () => "text")
    )(stack);
  const wrong = parameters.flatMap((parameter, index) =>
    wrongOf(`${name}.${factory}`, parameter, (stack, value) => {
      const args = parameters.map((each) => argument(each, stack));
      args[index] =
        typeof value === "object" && parameter.type in structs ? { ...(args[index] as object), ...value } : value;
      const made = exported[name]![factory]!(...args);
      new exported[construct]!(stack, "made", { ...everyConstruct[construct]!(stack), ...props(made) });
    }),
  );
  expect(wrong).toEqual([]);
});

test.each(everyMethod)("a token given to %s.%s works or is refused", (name, method, args) => {
  const struct = parametersOf(name, method)!.at(-1)!.type;
  const wrong = [...propertiesOf(struct).values()].flatMap((property) =>
    wrongOf(`${name}.${method}`, property, (stack, value) => {
      const made = new exported[name]!(stack, "made", everyConstruct[name]!(stack)) as unknown as Record<
        string,
        Callable
      >;
      const all = args(stack, made as never);
      all[all.length - 1] = { ...(all.at(-1) as object), [property.name]: value };
      made[method]!(...all);
    }),
  );
  expect(wrong).toEqual([]);
});

test.each([
  ["HeaderMatch.exact", (token: string) => ({ headers: [HeaderMatch.exact("x-model", token)] })],
  ["QueryParameterMatch.exact", (token: string) => ({ queryParameters: [QueryParameterMatch.exact("model", token)] })],
  ["Redirect.toHost", (token: string) => ({ backend: undefined, redirect: Redirect.toHost(token) })],
])("a token given to %s works or is refused", (_name, props) => {
  const result = outcome("string", (stack, token) => {
    const routing = new library.UrlRouting(stack, "made", everyConstruct.UrlRouting!(stack) as never);
    routing.addRoute({
      backend: { backendId: "projects/p/global/backendServices/b" },
      paths: ["/r"],
      ...props(token as string),
    });
  });
  expect(result).toMatch(/^(works|refused)/);
});
