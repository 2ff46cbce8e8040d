// The rooms in the order in which they may see each other: a room imports only what stands before it.
const ROW = [
  ['basics'],
  ['process', 'journal'],
  ['resources', 'services', 'databases', 'probes', 'git'],
  ['project', 'world'],
  ['workspace'],
  ['plan', 'review', 'snapshots'],
  ['checks'],
  ['run'],
  ['report'],
  ['cli'],
];

const layers = ROW.flatMap((rooms, at) =>
  rooms.map((room) => ({
    name: `${room}-sees-only-what-is-below`,
    severity: 'error',
    comment: `src/${room}/ may import only from ${ROW.slice(0, at).flat().join(', ') || 'nothing of ours'}`,
    from: { path: `^src/${room}/` },
    to: {
      path: '^src/',
      pathNot: `^src/(${[...ROW.slice(0, at).flat(), room].join('|')})/`,
    },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'every-room-is-in-the-row',
      severity: 'error',
      comment: 'A new folder of src/ takes its place in ROW first.',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${ROW.flat().join('|')})/` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-undeclared',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'unknown', 'npm-dev'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
