//! Whole schemas as scripts.

use ddl::export;
use schema::testing::schema_from;

fn check(schema: &str, expect: &str) {
    assert_eq!(export(&schema_from(schema)), expect, "{schema}");
}

/// The tables of the article on relationships, as people write them by hand.
#[test]
fn reads_as_written_by_hand() {
    check(
        "system.users\n  id text!\n  pk users_pkey(id)\n\
         posts\n  id uuid! = gen_random_uuid()\n  title text!\n  user_id text!\n  pk posts_pkey(id)\n\
         comments\n  id uuid! = gen_random_uuid()\n  post_id uuid!\n  content text!\n  pk comments_pkey(id)\n\
         projects\n  id uuid! = gen_random_uuid()\n  pk projects_pkey(id)\n\
         project_members\n  project_id uuid!\n  user_id text!\n  role text! = 'member'\n  \
         joined_at timestamptz! = now()\n  pk project_members_pkey(project_id, user_id)\n\
         fk posts_user_id_fkey: posts(user_id) -> system.users(id) on delete cascade\n\
         fk comments_post_id_fkey: comments(post_id) -> posts(id) on delete cascade\n\
         fk project_members_project_id_fkey: project_members(project_id) -> projects(id) on delete cascade\n\
         fk project_members_user_id_fkey: project_members(user_id) -> system.users(id) on delete cascade\n",
        "\
CREATE SCHEMA system;

CREATE TABLE system.users (
    id text PRIMARY KEY
);

CREATE TABLE public.posts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    title text NOT NULL,
    user_id text NOT NULL REFERENCES system.users(id) ON DELETE CASCADE
);

CREATE TABLE public.comments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    post_id uuid NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
    content text NOT NULL
);

CREATE TABLE public.projects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);

CREATE TABLE public.project_members (
    project_id uuid NOT NULL REFERENCES public.projects(id) ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES system.users(id) ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'member',
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (project_id, user_id)
);
",
    );
}

#[test]
fn everything_else_has_its_place() {
    check(
        "t\n  id serial!\n  a integer! # one\n  b numeric(10, 2) = -1.5\n  pk t_pkey(id)\n  unique t_a_key(a)\n  \
         unique odd(b)\n  unique t_id_key(id)\n  check t_a_check: a > 0\n  check order_of: a > b\n  index t_a_idx(a)\n  \
         note it's\n\
         u\n  t_id integer\n  x integer\n  y integer!\n  pk u_pkey(y)\n  unique index u_x_idx(x)\n\
         fk u_t_id_fkey: u(t_id) -> t(id)\n\
         fk named: u(t_id) -> t(a)\n\
         fk u_y_fkey: u(y) -> u(x) on update restrict\n\
         fk u_x_fkey: u(x) -> u(y)\n",
        "\
CREATE TABLE public.t (
    id serial PRIMARY KEY,
    a integer NOT NULL UNIQUE CHECK (a > 0),
    b numeric(10, 2) DEFAULT -1.5,
    CONSTRAINT odd UNIQUE (b),
    CONSTRAINT order_of CHECK (a > b)
);

CREATE TABLE public.u (
    t_id integer REFERENCES public.t(id),
    x integer REFERENCES public.u(y),
    y integer PRIMARY KEY
);

ALTER TABLE public.t ADD CONSTRAINT t_id_key UNIQUE (id);

CREATE INDEX t_a_idx ON public.t (a);
CREATE UNIQUE INDEX u_x_idx ON public.u (x);

ALTER TABLE public.u
    ADD CONSTRAINT named
    FOREIGN KEY (t_id) REFERENCES public.t(a);

ALTER TABLE public.u
    ADD CONSTRAINT u_y_fkey
    FOREIGN KEY (y) REFERENCES public.u(x) ON UPDATE RESTRICT;

COMMENT ON TABLE public.t IS 'it''s';
COMMENT ON COLUMN public.t.a IS 'one';
",
    );
}

/// A name that PostgreSQL would have chosen is written when something else has it already.
#[test]
fn names_that_would_turn_out_otherwise_are_written() {
    check(
        "a\n  b_c integer\n  unique z(b_c)\na_b\n  c integer\n\
         fk a_b_c_fkey: a(b_c) -> a(b_c)\nfk a_b_c_fkey: a_b(c) -> a(b_c) @second\n",
        "\
CREATE TABLE public.a (
    b_c integer,
    CONSTRAINT z UNIQUE (b_c)
);

CREATE TABLE public.a_b (
    c integer
);

ALTER TABLE public.a
    ADD CONSTRAINT a_b_c_fkey
    FOREIGN KEY (b_c) REFERENCES public.a(b_c);

ALTER TABLE public.a_b
    ADD CONSTRAINT a_b_c_fkey
    FOREIGN KEY (c) REFERENCES public.a(b_c);
",
    );
}
