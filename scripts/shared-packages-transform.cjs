// jest's transformer of the packages that shared-packages.cjs shares: in place of a module, the one
// that the worker has loaded.
module.exports = { process: (_source, path) => ({ code: `module.exports = requireShared(${JSON.stringify(path)});` }) };
