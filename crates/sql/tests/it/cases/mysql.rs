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
    check(
        MySql,
        r#"-- phpMyAdmin SQL Dump
SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
--
CREATE TABLE `wp_posts` (
  `ID` bigint(20) UNSIGNED NOT NULL,
  `post_date` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  `post_title` text COLLATE utf8mb4_unicode_ci NOT NULL,
  `lat` float(10,6) DEFAULT NULL,
  `g` varchar(20) GENERATED ALWAYS AS (concat(`post_title`,'x')) VIRTUAL,
  `ts` timestamp NULL DEFAULT NULL ON UPDATE current_timestamp(),
  `js` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`js`))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO `wp_posts` (`ID`) VALUES
(1), (2);
DELIMITER $$
CREATE TRIGGER `t` BEFORE INSERT ON `wp_posts` FOR EACH ROW BEGIN SET @x = 1; END
$$
DELIMITER ;
ALTER TABLE `wp_posts`
  ADD PRIMARY KEY (`ID`),
  ADD KEY `post_name` (`post_title`(191)),
  ADD FULLTEXT KEY `ft` (`post_title`);
ALTER TABLE `wp_posts`
  MODIFY `ID` bigint(20) UNSIGNED NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=3;
ALTER TABLE `wp_posts`
  ADD CONSTRAINT `fk_1` FOREIGN KEY (`ID`) REFERENCES `wp_posts` (`ID`) ON DELETE SET NULL;
CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v`  AS SELECT 1 ;
COMMIT;"#,
        r#"table wp_posts
  ID bigint(20) unsigned! auto
  post_date datetime! = '0000-00-00 00:00:00'
  post_title text! collate utf8mb4_unicode_ci
  lat float(10,6) = NULL
  g varchar(20) as concat(`post_title`,'x')
  ts timestamp = NULL on update current_timestamp()
  js longtext = NULL collate utf8mb4_bin
  pk PRIMARY(ID)
  check wp_posts_chk_1: json_valid(`js`)
  index post_name(post_title(191))
  index ft fulltext(post_title)
  fk fk_1(ID) -> wp_posts(ID) on delete SetNull
trigger t on wp_posts
view v
left 14: CHARACTER SET utf8mb4
left 15: ENGINE=InnoDB
left 15: DEFAULT CHARSET=utf8mb4
left 15: COLLATE=utf8mb4_unicode_ci
left 27: AUTO_INCREMENT=3"#,
    );
    check(
        MySql,
        r#"-- MySQL dump 10.13
DROP TABLE IF EXISTS `v1`;
/*!50001 DROP VIEW IF EXISTS `v1`*/;
SET @saved_cs_client     = @@character_set_client;
/*!50503 SET character_set_client = utf8mb4 */;
/*!50001 CREATE VIEW `v1` AS SELECT
 1 AS `a`,
 1 AS `b`*/;
SET character_set_client = @saved_cs_client;
/*!50001 DROP VIEW IF EXISTS `v1`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v1` AS select 1 AS `a` */;
/*!50001 CREATE TABLE `v2` (
  `a` tinyint NOT NULL
) ENGINE=MyISAM */;
/*!50001 DROP TABLE IF EXISTS `v2`*/;
CREATE TABLE `p` (
  `id` int NOT NULL DEFAULT (uuid_to_bin(uuid())),
  `d` date NOT NULL,
  `v` vector(3) DEFAULT NULL,
  UNIQUE KEY `a` (`id`) /*!80000 INVISIBLE */,
  KEY `fx` ((cast(json_extract(`d`,_utf8mb4'$.x') as char(10) array))),
  KEY `k2` ((lower(`d`)),`id` DESC) COMMENT 'c' ,
  CONSTRAINT `chk` CHECK ((`d` > _utf8mb4'2000-01-01')) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB /*!50100 TABLESPACE `x` */ DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY RANGE (year(`d`))
(PARTITION p0 VALUES LESS THAN (1990) ENGINE = InnoDB) */;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `tr` AFTER INSERT ON `p` FOR EACH ROW BEGIN
  INSERT INTO x VALUES (1);
END */;
CREATE TABLE b (id INT NOT NULL, parent INT REFERENCES p, name VARCHAR(255) NOT NULL UNIQUE COMMENT "dq", `order` INT, KEY (`order`), INDEX `x` USING BTREE (name ASC), CONSTRAINT UNIQUE INDEX uu (parent), CONSTRAINT pk PRIMARY KEY (id), UNIQUE `u3` (id, parent), FULLTEXT (name) WITH PARSER ngram) DEFAULT CHARACTER SET = utf8, COLLATE = utf8_bin, ENGINE = InnoDB, COMMENT 'tt';
CREATE TABLE c (a INT UNSIGNED ZEROFILL NOT NULL PRIMARY KEY, b CHAR BYTE, c VARCHAR(10) ASCII, d TEXT(100), e NATIONAL VARCHAR(3), f DEC(4), g FLOAT UNSIGNED DEFAULT 1.5e3, h BIT DEFAULT 1, i BLOB(3) NOT NULL, j GEOMETRY NOT NULL /*!80003 SRID 0 */, k INT DEFAULT NULL COMMENT 'a,b)', l TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP NOT NULL, m SET('a','b') CHARACTER SET latin1 NOT NULL, n INT AS (a) PERSISTENT, o INT INVISIBLE DEFAULT 1, p LONG, q BOOL NOT NULL DEFAULT FALSE, r ENUM('x','y') COLLATE utf8_bin DEFAULT 'x', s YEAR(4), t DOUBLE PRECISION(5,2));
CREATE SEQUENCE s1 START WITH 1 INCREMENT BY 1;
CREATE OR REPLACE TABLE d (a INT) ENGINE=Aria WITH SYSTEM VERSIONING;
ALTER TABLE d ADD COLUMN IF NOT EXISTS b INT, ADD INDEX IF NOT EXISTS i (b), DROP COLUMN IF EXISTS zz, ADD CONSTRAINT FOREIGN KEY (b) REFERENCES c(a), ALTER b SET DEFAULT 5, ALTER COLUMN a DROP DEFAULT, ORDER BY a, CONVERT TO CHARACTER SET utf8, FORCE, DISABLE KEYS, RENAME AS e;
CREATE TABLE `a-b`.`t.t` (`x``y` INT);
ALTER IGNORE TABLE e ADD UNIQUE (b);
CREATE UNIQUE INDEX ui ON e (a);
CREATE TEMPORARY TABLE tmp (a INT);
CREATE TABLE IF NOT EXISTS `q` LIKE `c`;
DROP TABLE IF EXISTS tmp, nope;
CREATE USER 'a'@'b' IDENTIFIED BY 'x';
GRANT ALL ON *.* TO 'a'@'b';
CALL p();
HANDLER x OPEN;
CREATE PROCEDURE pp(IN a INT) SELECT 1;
CREATE TABLE after_proc (a INT);"#,
        r#"enum c_m_set: a b
enum c_r_enum: x y
table p
  id int! = (uuid_to_bin(uuid()))
  d date!
  v vector(3) = NULL
  unique a(id)
  check chk: (`d` > _utf8mb4'2000-01-01')
  index fx((cast(json_extract(`d`,_utf8mb4'$.x') as char(10) array)))
  index k2((lower(`d`)), id desc)
  partition by RANGE (year(`d`)) (PARTITION p0 VALUES LESS THAN (1990) ENGINE = InnoDB)
table b # tt
  id int!
  parent int
  name varchar(255)! # dq
  order int
  pk pk(id)
  unique name(name)
  unique uu(parent)
  unique u3(id, parent)
  index order(order)
  index x btree(name)
  index name_2 fulltext(name)
  fk b_ibfk_1(parent) -> p()
table c
  a int unsigned!
  b char
  c varchar(10)
  d text(100)
  e national varchar(3)
  f decimal(4)
  g float unsigned = 1.5e3
  h bit = 1
  i blob(3)!
  j geometry!
  k int = NULL # a,b)
  l timestamp! = CURRENT_TIMESTAMP on update CURRENT_TIMESTAMP
  m c_m_set!
  n int as a stored
  o int = 1
  p long
  q tinyint(1)! = FALSE
  r c_r_enum = 'x' collate utf8_bin
  s year(4)
  t double(5,2)
  pk PRIMARY(a)
table e
  a int
  b int = 5
  unique b(b)
  index i(b)
  unique index ui(a)
  fk d_ibfk_1(b) -> c(a)
table a-b.t.t
  x`y int
table q
  a int unsigned!
  b char
  c varchar(10)
  d text(100)
  e national varchar(3)
  f decimal(4)
  g float unsigned = 1.5e3
  h bit = 1
  i blob(3)!
  j geometry!
  k int = NULL # a,b)
  l timestamp! = CURRENT_TIMESTAMP on update CURRENT_TIMESTAMP
  m c_m_set!
  n int as a stored
  o int = 1
  p long
  q tinyint(1)! = FALSE
  r c_r_enum = 'x' collate utf8_bin
  s year(4)
  t double(5,2)
  pk PRIMARY(a)
table after_proc
  a int
sequence s1
view v1
trigger tr on p
procedure pp
? b: b_ibfk_1 does not have as many columns as the key of p
left 16: ENGINE=MyISAM
left 22: INVISIBLE
left 26: ENGINE=InnoDB
left 26: TABLESPACE `x`
left 26: DEFAULT CHARSET=utf8mb4
left 32: WITH PARSER
left 32: ngram
left 32: DEFAULT CHARACTER SET = utf8
left 32: COLLATE = utf8_bin
left 32: ENGINE = InnoDB
left 33: SRID 0
left 33: CHARACTER SET latin1
left 33: INVISIBLE
left 35: ENGINE=Aria
left 35: WITH SYSTEM VERSIONING
left 36: ORDER BY a
left 36: CONVERT TO CHARACTER SET utf8
left 36: FORCE
left 36: DISABLE KEYS"#,
    );
    check(
        MySql,
        r#"CREATE TABLE t1 (
  id INT PRIMARY KEY AUTO_INCREMENT COMMENT 'pk; id',
  `desc` TEXT, -- trailing 'comment
  price DECIMAL(10,2) NOT NULL DEFAULT 0.00 /* inline */,
  created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated TIMESTAMP NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP,
  parent_id INT,
  status ENUM('new','in progress','it''s done') DEFAULT 'new',
  flags SET('a','b') NOT NULL,
  data JSON CHECK (JSON_VALID(data)),
  full_name VARCHAR(101) AS (CONCAT(first, ' ', last)) STORED NOT NULL,
  first VARCHAR(50), last VARCHAR(50),
  UNIQUE INDEX idx_u (first, last DESC),
  INDEX (parent_id),
  INDEX idx_len (`desc`(20)),
  CONSTRAINT fk_p FOREIGN KEY (parent_id) REFERENCES t1(id) ON DELETE SET NULL ON UPDATE RESTRICT,
  CONSTRAINT chk CHECK (price >= 0) ENFORCED
) ENGINE = InnoDB
  AUTO_INCREMENT = 100
  DEFAULT CHARACTER SET = utf8mb4
  COLLATE = utf8mb4_general_ci
  COMMENT = 'a table; really';
ALTER TABLE t1 ADD INDEX i2 (price) USING BTREE, ADD CONSTRAINT u9 UNIQUE KEY u9i (price), DROP FOREIGN KEY fk_p, DROP KEY idx_len, DROP CHECK chk, MODIFY COLUMN last VARCHAR(60) NOT NULL AFTER first, CHANGE `desc` description MEDIUMTEXT;
ALTER TABLE t1 DROP PRIMARY KEY, ADD PRIMARY KEY (id, parent_id);
CREATE TABLE `with` (`select` int, `a``b` int, KEY `k``1` (`select`));
CREATE TABLE db1.t (a int); CREATE TABLE db2.t (a int, b int, FOREIGN KEY (b) REFERENCES db1.t (a));
DELIMITER //
CREATE PROCEDURE p(IN x INT)
BEGIN
  DECLARE done INT DEFAULT FALSE;
  CREATE TEMPORARY TABLE tt (a INT);
  lbl: LOOP
    IF done THEN LEAVE lbl; END IF;
    CASE x WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE;
  END LOOP;
  WHILE x > 0 DO SET x = x - 1; END WHILE;
  REPEAT SET x = 1; UNTIL x = 1 END REPEAT;
END //
CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1//
DELIMITER ;
CREATE TRIGGER tr AFTER UPDATE ON t1 FOR EACH ROW
  INSERT INTO log VALUES (NEW.id);
CREATE TABLE after_all (x INT) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 UNION=(a,b) DATA DIRECTORY='/x';
INSERT INTO after_all VALUES (1),(2) ON DUPLICATE KEY UPDATE x = 1;
LOAD DATA INFILE 'x' INTO TABLE after_all;
SET FOREIGN_KEY_CHECKS = 1;"#,
        r#"enum t1_status_enum: new in progress it's done
enum t1_flags_set: a b
table t1 # a table; really
  id int! auto # pk; id
  description mediumtext
  price decimal(10,2)! = 0.00
  created timestamp! = CURRENT_TIMESTAMP
  updated timestamp = NULL on update CURRENT_TIMESTAMP
  parent_id int!
  status t1_status_enum = 'new'
  flags t1_flags_set!
  data json
  full_name varchar(101)! as CONCAT(first, ' ', last) stored
  first varchar(50)
  last varchar(60)!
  unique idx_u(first, last desc)
  unique u9(price)
  pk PRIMARY(id, parent_id)
  check t1_chk_1: JSON_VALID(data)
  index parent_id(parent_id)
  index i2 btree(price)
table with
  select int
  a`b int
  index k`1(select)
table db1.t
  a int
table db2.t
  a int
  b int
  fk t_ibfk_1(b) -> db1.t(a)
table after_all
  x int
procedure p
function f
trigger tr on t1
left 18: ENGINE = InnoDB
left 19: AUTO_INCREMENT = 100
left 20: DEFAULT CHARACTER SET = utf8mb4
left 21: COLLATE = utf8mb4_general_ci
left 43: ROW_FORMAT=COMPRESSED
left 43: KEY_BLOCK_SIZE=8
left 43: UNION=(a,b)
left 43: DATA DIRECTORY='/x'"#,
    );
}
