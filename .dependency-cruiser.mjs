// The arrows of docs/architecture.md: each room names what it may import, everything else is refused. Specs may also use
// the test kit.
const may = (room, ...others) => {
  const allowed = [room, ...others].map((other) => `^src/${other}/`);
  const rule = (name, from, pathNot) => ({
    name: `${name}-${room.replaceAll('/', '-')}`,
    severity: 'error',
    from: { path: `^src/${room}/`, ...from },
    to: { path: '^src/', pathNot },
  });
  return [
    rule('arrows-of', { pathNot: '\\.spec\\.ts$' }, allowed),
    rule('specs-of', { path: `^src/${room}/.*\\.spec\\.ts$` }, [...allowed, '^src/testing/']),
  ];
};

export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-is-pure',
      severity: 'error',
      from: { path: '^src/uma/protocol/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'] },
    },
    {
      name: 'uma-client-has-no-framework',
      severity: 'error',
      from: { path: '^src/client/uma-client/' },
      to: { path: 'node_modules/@nestjs' },
    },
    {
      name: 'no-test-code-in-source',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.(spec|fake)\\.ts$|^src/testing/' },
      to: { path: '\\.(spec|fake)\\.ts$|^test/|^src/testing/' },
    },
    {
      name: 'test-kit-can-be-published',
      severity: 'error',
      from: { path: '^src/testing/', pathNot: '\\.spec\\.ts$' },
      to: { path: '\\.spec\\.ts$|^test/' },
    },
    ...may('common'),
    ...may('config', 'common'),
    ...may('database', 'common'),
    ...may('instances', 'common'),
    ...may('bootstrap', 'common', 'config'),
    ...may('uma/protocol', 'common'),
    ...may('uma', 'common'),
    ...may('auth', 'common', 'database', 'uma'),
    ...may('measurements', 'common', 'database', 'uma'),
    ...may('resources', 'common', 'database', 'uma', 'auth', 'measurements'),
    ...may('client/uma-client', 'common', 'uma/protocol'),
    ...may('client', 'common', 'database', 'auth', 'uma/protocol'),
    ...may('authorization-server', 'common', 'database', 'uma/protocol'),
    ...may('demo', 'common', 'config'),
    ...may('testing', 'common', 'uma', 'client/uma-client'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
