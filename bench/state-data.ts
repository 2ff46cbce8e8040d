/** Statements that fill a database with about `mb` megabytes, as its dump counts them, of tables of five shapes. */
export const FILL: Readonly<Record<'postgres' | 'mysql', (mb: number) => string>> = {
  postgres: (mb) => `
    create table points (id int primary key, x int not null, y int not null, weight smallint);
    insert into points select i, i % 1000, -i, nullif(i % 7, 0) from generate_series(1, ${mb * 9600}) i;
    create table articles (id bigint primary key, title varchar(200) not null, lang char(2), body text);
    insert into articles select i, 'Title of ' || i, 'en', repeat(md5(i::text) || E' it''s a "line",\\n', 30)
      from generate_series(1, ${mb * 134}) i;
    create table documents (id uuid primary key, doc jsonb not null, file bytea);
    insert into documents select md5(i::text)::uuid, jsonb_build_object('n', i, 'tags', array[md5('a' || i), md5('b' || i)],
        'owner', jsonb_build_object('name', 'Ünal ' || i, 'mail', null)), decode(repeat(md5('c' || i), 8), 'hex')
      from generate_series(1, ${mb * 455}) i;
    create table events (tenant int, id bigint, at timestamptz not null, day date, kind varchar(20), amount numeric(12, 2),
      ratio double precision, done boolean, primary key (tenant, id));
    insert into events select i % 50, i, '2026-01-01 00:00:00Z'::timestamptz + i * interval '1.5 seconds',
        '2026-01-01'::date + i % 365, 'kind ' || i % 12, i / 7.0, i / 3.0::float8, i % 3 = 0
      from generate_series(1, ${mb * 2610}) i;
    create table log (at timestamp, level varchar(8), line varchar(400));
    insert into log select '2026-01-01'::timestamp + i / 2 * interval '1 second', (array['info', 'warn', 'error'])[1 + i % 3],
        'request ' || md5((i / 2)::text) || ' took ' || i % 900 || ' ms' from generate_series(1, ${mb * 2560}) i;
    analyze;`,
  mysql: (mb) => `
    create table points (id int primary key, x int not null, y int not null, weight smallint);
    insert into points select seq, seq % 1000, -cast(seq as signed), nullif(seq % 7, 0) from seq_1_to_${mb * 9600};
    create table articles (id bigint primary key, title varchar(200) not null, lang char(2), body text);
    insert into articles select seq, concat('Title of ', seq), 'en', repeat(concat(md5(seq), ' it''s a "line",\\n'), 30)
      from seq_1_to_${mb * 134};
    create table documents (id binary(16) primary key, doc json not null, file blob);
    insert into documents select unhex(md5(seq)), json_object('n', seq, 'tags', json_array(md5(concat('a', seq)), md5(concat('b', seq))),
        'owner', json_object('name', concat('Ünal ', seq), 'mail', null)), unhex(repeat(md5(concat('c', seq)), 16))
      from seq_1_to_${mb * 455};
    create table events (tenant int, id bigint, at timestamp(3) not null, day date, kind varchar(20), amount decimal(12, 2),
      ratio double, done bool, primary key (tenant, id));
    insert into events select seq % 50, seq, '2026-01-05 00:00:00' + interval seq * 1.5 second,
        '2026-01-01' + interval seq % 365 day, concat('kind ', seq % 12), seq / 7.0, seq / 3e0, seq % 3 = 0
      from seq_1_to_${mb * 2610};
    create table log (at datetime, level varchar(8), line varchar(400));
    insert into log select '2026-01-01' + interval seq div 2 second, elt(1 + seq % 3, 'info', 'warn', 'error'),
        concat('request ', md5(seq div 2), ' took ', seq % 900, ' ms') from seq_1_to_${mb * 2560};
    analyze table points, articles, documents, events, log;`,
};
