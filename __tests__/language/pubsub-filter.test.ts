import { pubsubFilterProblem } from "../../lib/language/pubsub-filter";

test.each([
  "",
  'attributes.kind = "image"',
  'attributes:kind AND NOT attributes.size = "large"',
  '(attributes.a = "1" OR attributes.a = "2") AND hasPrefix(attributes.path, "models/")',
  '-attributes:kind OR attributes."my key" != "x"',
])("reads the filter %s", (filter) => {
  expect(pubsubFilterProblem(filter)).toBeUndefined();
});

test.each([
  "kind = 'image'",
  'attributes.kind = "a" AND attributes.b = "c" OR attributes:d',
  "attributes.kind = image",
  'data.kind = "a"',
  'attributes.kind > "a"',
  'hasPrefix(attributes.path "x")',
  "attributes:",
  '(attributes.kind = "a"',
])("fails the filter %s", (filter) => {
  expect(pubsubFilterProblem(filter)).toBeDefined();
});
