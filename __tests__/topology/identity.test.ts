import { TerraformDocument } from "../../lib/topology/document";

const document = TerraformDocument.parse({
  provider: {
    google: [
      { project: "main-project" },
      { alias: "eu", project: "eu-project" },
      { alias: "var", project: "${var.project}" },
    ],
    "google-beta": { project: "beta-project" },
  },
  data: { terraform_remote_state: { net: {} }, google_compute_network: { shared: { name: "shared" } } },
  resource: {
    terraform_data: { any: {} },
    google_compute_network: {
      plain: { name: "plain" },
      own: { name: "own", project: "own-project" },
      eu: { name: "eu", provider: "google.eu" },
      var: { name: "var", provider: "google.var" },
      beta: { name: "beta", provider: "google-beta" },
      computed: { name: "computed", project: "${var.project}" },
      unknown: { name: "unknown", provider: "google.missing" },
    },
  },
});

test.each([
  ["plain", "main-project"],
  ["own", "own-project"],
  ["eu", "eu-project"],
  ["var", undefined],
  ["beta", "beta-project"],
  ["computed", undefined],
  ["unknown", undefined],
])("the project of %s is %s", (name, project) => {
  expect(document.projectOf(document.at(`google_compute_network.${name}`)!)).toBe(project);
});

test("what a foreign source gives is unknown", () => {
  expect(document.target("${google_compute_network.plain.id}")?.name).toBe("plain");
  expect(document.target("${data.google_compute_network.shared.id}")?.isData).toBe(true);
  expect(document.target("${data.terraform_remote_state.net.outputs.id}")).toBeUndefined();
  expect(document.target("${terraform_data.any.output}")).toBeUndefined();
});

describe("which values surely name the same thing", () => {
  const same = (a: unknown, b: unknown) =>
    document.identity(a) !== undefined && document.identity(a) === document.identity(b);

  test.each<[string, unknown, unknown, boolean]>([
    ["one reference twice", "${google_compute_network.plain.id}", "${ google_compute_network.plain.id }", true],
    ["one instance twice", '${google_compute_network.eu["a"].id}', '${google_compute_network.eu["a"].id}', true],
    ["two instances", '${google_compute_network.eu["a"].id}', '${google_compute_network.eu["b"].id}', false],
    ["two counted instances", "${google_compute_network.eu[0].id}", "${google_compute_network.eu[1].id}", false],
    [
      "two outputs of another state",
      "${data.terraform_remote_state.net.outputs.a}",
      "${data.terraform_remote_state.net.outputs.a}",
      false,
    ],
    ["a literal twice", "projects/p/a", "projects/p/a", true],
    ["a variable twice", "${var.a}", "${var.a}", false],
    [
      "the instance of an iteration",
      "${google_compute_network.eu[each.key].id}",
      "${google_compute_network.eu[each.key].id}",
      false,
    ],
    ["nothing twice", undefined, undefined, false],
  ])("%s", (_, a, b, expected) => {
    expect(same(a, b)).toBe(expected);
  });
});
