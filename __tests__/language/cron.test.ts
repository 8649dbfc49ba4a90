import { cronProblem, isTimeZone } from "../../lib/language/cron";

test.each(["* * * * *", "*/5 0-6,22-23 1,15 JAN-mar mon-fri", "0 8 * * 0", "59 23 31 12 7", "0 0 * * FRI-MON"])(
  "reads %s",
  (schedule) => {
    expect(cronProblem(schedule)).toBeUndefined();
  },
);

test.each([
  "",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "5-1 * * * *",
  "*/0 * * * *",
  "a * * * *",
  "@daily",
])("fails %s", (schedule) => {
  expect(cronProblem(schedule)).toBeDefined();
});

test("takes a year where there may be one", () => {
  expect(cronProblem("0 8 1 1 * 2027", true)).toBeUndefined();
  expect(cronProblem("0 8 1 1 * 1900", true)).toBeDefined();
});

test("knows time zones", () => {
  expect(["Europe/Berlin", "UTC", "Etc/UTC", "America/New_York"].map(isTimeZone)).toEqual([true, true, true, true]);
  expect(["Berlin", "+02:00", "", "Europe/Bonn"].map(isTimeZone)).toEqual([false, false, false, false]);
});
