import fc from "fast-check";
import type { Block } from "../../lib/topology/document";
import { frontends, merged, services, to } from "../preview/preview-document";
import { runPreview } from "./envoy-support";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly region: string;
}

/** A condition of Cloud Armor, and what it is of a request; undefined where it fails. */
interface Condition {
  readonly text: string;
  readonly of: (asked: Asked) => boolean | undefined;
}

const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const TESTS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  matches: (text, part) => new RegExp(part).test(text),
};

/** Texts of a request; a missing header fails. */
const subject: fc.Arbitrary<{ text: string; of: (asked: Asked) => string | undefined }> = one(
  { text: "request.path", of: ({ path }) => path.split("?")[0] },
  { text: "request.query", of: ({ path }) => path.split("?")[1] ?? "" },
  { text: "request.method", of: ({ method }) => method },
  { text: "request.headers['x-a']", of: ({ headers }) => headers["x-a"] },
  { text: "request.headers['x-b']", of: ({ headers }) => headers["x-b"] },
  { text: "origin.region_code", of: ({ region }) => region },
);
const folded = fc.tuple(subject, one("", ".lower()", ".upper()")).map(([{ text, of }, fold]) => ({
  text: text + fold,
  of: (asked: Asked) => {
    const value = of(asked);
    return fold === "" ? value : fold === ".lower()" ? value?.toLowerCase() : value?.toUpperCase();
  },
}));
const part = one("a", "A", "/v1", "GET", "DE", "x.y", "1", "a.b");

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  // Patterns in the other case are listed as what the preview does not judge.
  fc
    .tuple(folded, one(...Object.keys(TESTS)), part)
    .map(([{ text, of }, name, value]) => ({
      text: `${text}.${name}('${value}')`,
      isJudged:
        name !== "matches" ||
        !/er\(\)$/.test(text) ||
        value === (text.endsWith("lower()") ? value.toLowerCase() : value.toUpperCase()),
      of: (asked: Asked) => {
        const got = of(asked);
        return got === undefined ? undefined : TESTS[name]!(got, value);
      },
    }))
    .filter(({ isJudged }) => isJudged),
  fc.tuple(folded, one("==", "!="), part).map(([{ text, of }, operator, value]) => ({
    text: `${text} ${operator} '${value}'`,
    of: (asked: Asked) => {
      const got = of(asked);
      return got === undefined ? undefined : (got === value) === (operator === "==");
    },
  })),
  one("x-a", "x-b").map((name) => ({
    text: `has(request.headers['${name}'])`,
    of: ({ headers }: Asked) => headers[name] !== undefined,
  })),
  fc.tuple(one("<", ">="), fc.integer({ min: 0, max: 20 })).map(([operator, number]) => ({
    text: `int(request.headers['x-number']) ${operator} ${number}`,
    of: ({ headers }: Asked) => {
      const value = headers["x-number"];
      if (value === undefined || !/^\d+$/.test(value)) return undefined;
      return operator === "<" ? Number(value) < number : Number(value) >= number;
    },
  })),
  one("10.0.0.0/8", "192.0.2.7/32").map((range) => ({
    text: `inIpRange(origin.ip, '${range}')`,
    of: ({ ip }: Asked) => (range.startsWith("10.") ? ip.startsWith("10.") : ip === "192.0.2.7"),
  })),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("condition").map(({ text, of }) => ({
      text: `!(${text})`,
      of: (asked: Asked) => {
        const value = of(asked);
        return value === undefined ? undefined : !value;
      },
    })),
    fc.tuple(tie("condition"), one("&&", "||"), tie("condition")).map(([left, operator, right]) => ({
      text: `(${left.text}) ${operator} (${right.text})`,
      of: (asked: Asked) => {
        const values = [left.of(asked), right.of(asked)];
        const decides = operator === "||";
        if (values.includes(decides)) return decides;
        return values.includes(undefined) ? undefined : !decides;
      },
    })),
  ),
}));

const asked: fc.Arbitrary<Asked> = fc.record({
  method: one("GET", "PUT"),
  path: one("/", "/v1/a", "/A", "/x.y", "/v1?a=1", "/?x.y", "/xzy"),
  headers: fc
    .record(
      { "x-a": one("a", "A", "aXb", "a.b"), "x-b": one("1", "GET"), "x-number": one("5", "15", "no") },
      { requiredKeys: [] },
    )
    .map((headers) => JSON.parse(JSON.stringify(headers)) as Record<string, string>),
  ip: one("10.1.2.3", "192.0.2.7", "198.51.100.1"),
  region: one("DE", "US"),
});

test("random conditions of Cloud Armor hold in Envoy where they hold by the language", async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const conditions = fc.sample(condition, { numRuns: 60, seed });
  const names = conditions.map((_condition, index) => `b${index}`);
  const policy = ({ text }: Condition): Block => ({
    rule: [{ priority: 1, action: "deny(403)", match: { expr: { expression: text } } }],
  });
  const preview = await runPreview({
    resource: merged(
      ...names.map((name) =>
        services(
          { [name]: ["europe-west1"] },
          { backend: { security_policy: `\${google_compute_security_policy.${name}.id}` } },
        ),
      ),
      {
        google_compute_security_policy: Object.fromEntries(
          names.map((name, index) => [name, policy(conditions[index]!)]),
        ),
      },
      frontends([
        {
          default_service: to("b0"),
          host_rule: names.map((name) => ({ hosts: [`${name}.test`], path_matcher: name })),
          path_matcher: names.map((name) => ({ name, default_service: to(name) })),
        },
      ]),
    ),
  });
  try {
    const differences: unknown[] = [];
    for (const [index, { text, of }] of conditions.entries()) {
      for (const request of fc.sample(asked, { numRuns: 25, seed: seed + index })) {
        const { method, path, headers, ip, region } = request;
        const client = { "x-preview-client-ip": ip, "x-preview-client-region": region };
        const { status } = await preview.ask("http-80", path, {
          method,
          host: `b${index}.test`,
          headers: { ...headers, ...client },
        });
        if ((status === 403) !== (of(request) === true)) differences.push({ text, request, status });
      }
    }
    if (differences.length > 0) console.log(`seed ${seed}: ${differences.length} differences`);
    expect(differences.slice(0, 3)).toEqual([]);
  } finally {
    await preview.stop();
  }
});
