// The worker's one task. install copies it to where the worker looks for tasks.
module.exports = async ({ letter }, { query }) => {
  await query('insert into delivered (letter) values ($1)', [letter]);
};
