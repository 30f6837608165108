//! Small texts of MySQL, and what is made of them.

use super::check;
use sql::Dialect::MySql;

#[test]
fn odd_forms() {
    check(
        MySql,
        r#"CREATE TABLE `a` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `b` enum('x','y''z') NOT NULL DEFAULT 'x', c set('p','q'), d tinyint(1) DEFAULT '0' COMMENT 'it''s', e timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), f varchar(20) CHARACTER SET utf8 COLLATE utf8_bin DEFAULT NULL, PRIMARY KEY (`id`) USING BTREE, UNIQUE KEY `u` (`f`(10),b), KEY `k` (`d` DESC), FULLTEXT KEY `ft` (`f`), CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `z` (`id`) ON DELETE CASCADE ON UPDATE NO ACTION) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='the table' ROW_FORMAT=DYNAMIC; create table z (id int(11) unsigned primary key);"#,
        r#"enum a_b_enum: x y'z
enum a_c_set: p q
table a # the table
  id int(11) unsigned! auto
  b a_b_enum! = 'x'
  c a_c_set
  d tinyint(1) = '0' # it's
  e timestamp(6)! = CURRENT_TIMESTAMP(6) on update CURRENT_TIMESTAMP(6)
  f varchar(20) = NULL collate utf8_bin
  pk PRIMARY(id)
  unique u(f(10), b)
  index k(d desc)
  index ft fulltext(f)
  fk fk(id) -> z(id) on delete Cascade
table z
  id int(11) unsigned!
  pk PRIMARY(id)
left 1: CHARACTER SET utf8
left 1: USING BTREE
left 1: ENGINE=InnoDB
left 1: AUTO_INCREMENT=7
left 1: DEFAULT CHARSET=utf8mb4
left 1: ROW_FORMAT=DYNAMIC"#,
    );
    check(
        MySql,
        r#"create table a (b int key auto_increment, c double(8,2) unsigned zerofill, d int as (b + 1) stored, e int generated always as (b*2) virtual comment 'x', f json default (json_array()), g int unique comment 'q', h int references z(i), check (b > 0), index (c), index using hash (g), key x (b, (c + 1)), spatial index (d), foreign key idx (b) references a (c), constraint foreign key (d) references a (b), 1st_place int, key int, `index` int);"#,
        r#"table a
  b int! auto
  c double(8,2) unsigned
  d int as b + 1 stored
  e int as b*2 # x
  f json = (json_array())
  g int # q
  h int
  1st_place int
  key int
  index int
  pk PRIMARY(b)
  unique g(g)
  check a_chk_1: b > 0
  index c(c)
  index g_2 hash(g)
  index x(b, (c + 1))
  index d spatial(d)
  fk a_ibfk_1(h) -> z(i)
  fk idx(b) -> a(c)
  fk a_ibfk_2(d) -> a(b)
? a: there is no table z for a_ibfk_1 to reference"#,
    );
    check(
        MySql,
        r#"/*!40101 SET @x=@@y */; /*!50001 create table c (a int /*!80023 INVISIBLE */, b int) */; LOCK TABLES `c` WRITE; INSERT INTO c VALUES (1,'a;b\'c'); UNLOCK TABLES;"#,
        r#"table c
  a int
  b int
left 1: INVISIBLE"#,
    );
    check(
        MySql,
        r#"create table a (b int, c int); alter table a add column (d int, e int), add f int first, add g int after b, change b bb bigint not null comment 'n', modify column c varchar(3) default 'x' first, drop column d, add primary key (bb), add unique index u (c), add index (e), add fulltext ft (c), add constraint ck check (e>1), rename column e to ee, rename index u to v, engine=innodb, comment='tt', auto_increment = 5; rename table a to x.b, x.b to c; drop index ft on c;"#,
        r#"table x.c # tt
  c varchar(3) = 'x'
  f int
  bb bigint! # n
  g int
  ee int
  pk PRIMARY(bb)
  unique v(c)
  check ck: ee>1
  index e(ee)
left 1: engine=innodb
left 1: auto_increment = 5"#,
    );
    check(
        MySql,
        r#"create table a like b; create table b (c int primary key, d int, key (d)); create table e like b; create table f (like b); create table g as select 1; create table h select * from b; create table i (j int) partition by range (j) (partition p0 values less than (10), partition p1 values less than maxvalue);"#,
        r#"table a
table b
  c int!
  d int
  pk PRIMARY(c)
  index d(d)
table e
  c int!
  d int
  pk PRIMARY(c)
  index d(d)
table f
  c int!
  d int
  pk PRIMARY(c)
  index d(d)
table g
table h
table i
  j int
  partition by range (j) (partition p0 values less than (10), partition p1 values less than maxvalue)
? there is no table b to be like
lost 1: the columns that come of its query
lost 1: the columns that come of its query"#,
    );
    check(
        MySql,
        r#"use shop; create table a (b int); create table if not exists shop.c (d int, foreign key (d) references a (b)); create database if not exists x character set utf8;"#,
        r#"table shop.a
  b int
table shop.c
  d int
  fk c_ibfk_1(d) -> shop.a(b)"#,
    );
    check(
        MySql,
        r#"delimiter $$
create trigger t before insert on a for each row begin if new.x then set new.y = 1; end if; end$$
delimiter ;
create or replace algorithm=undefined definer=`root`@`localhost` sql security definer view v as select 1; create event e on schedule every 1 day do delete from a; create definer=`a`@`b` function f() returns int return 1; create table t (a int);"#,
        r#"table t
  a int
trigger t on a
view v
event e
function f"#,
    );
    check(
        MySql,
        r#"create table a (b varchar(10) binary not null, c char(3) charset latin1, d text, e longblob, f year, g bit(1) default b'0', h decimal(10,2) not null default '0.00', i date default '0000-00-00', j point not null srid 4326, k int default -1, l varchar(5) default "q", m int not null default 0 check (m >= 0) , n bool default true, o nvarchar(3), p double precision, q datetime default now() on update now(), r boolean invisible, s uuid, t mediumint, u serial, unique (b), unique xx (c) key_block_size=4 comment 'z');"#,
        r#"table a
  b varchar(10)!
  c char(3)
  d text
  e longblob
  f year
  g bit(1) = b'0'
  h decimal(10,2)! = '0.00'
  i date = '0000-00-00'
  j point!
  k int = -1
  l varchar(5) = "q"
  m int! = 0
  n tinyint(1) = true
  o nvarchar(3)
  p double
  q datetime = now() on update now()
  r tinyint(1)
  s uuid
  t mediumint
  u bigint unsigned! auto
  unique u(u)
  unique b(b)
  unique xx(c)
  check a_chk_1: m >= 0
left 1: binary
left 1: charset latin1
left 1: srid 4326
left 1: invisible
left 1: key_block_size=4
left 1: comment 'z'"#,
    );
    check(
        MySql,
        r#"create unique index i using btree on a (b(3), c desc) comment 'x' algorithm=inplace lock=none; create table a (b text, c int); create unique index i on a (b(3), c desc) comment 'x' algorithm=inplace lock=none; create index j using btree on a (c) visible; create index k on a ((lower(b)));"#,
        r#"table a
  b text
  c int
  unique index i(b(3), c desc)
  index j btree(c)
  index k((lower(b)))
? the index i was left out: there is no table a
left 1: algorithm=inplace
left 1: lock=none
left 1: algorithm=inplace
left 1: lock=none
left 1: visible"#,
    );
    check(
        MySql,
        r#"CREATE TABLE t (a int) ENGINE=MyISAM
CREATE TABLE u (b int) ENGINE=InnoDB;
create table v (a int not null default '1' , b int default null on update cascade, primary key(a));"#,
        r#"table t
  a int
table u
  b int
table v
  a int! = '1'
  b int = null on update cascade
  pk PRIMARY(a)
left 1: ENGINE=MyISAM
left 2: ENGINE=InnoDB"#,
    );
}
