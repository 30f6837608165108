//! Small texts of Oracle, and what is made of them.

use super::check;
use sql::Dialect::Oracle;

#[test]
fn odd_forms() {
    check(
        Oracle,
        r#"REM it's a script
SET ECHO OFF
CREATE TABLE "HR"."EMPLOYEES" ( "ID" NUMBER(6,0) GENERATED ALWAYS AS IDENTITY MINVALUE 1 MAXVALUE 9999 INCREMENT BY 1 START WITH 1 CACHE 20 NOORDER NOCYCLE NOKEEP NOSCALE NOT NULL ENABLE, "NAME" VARCHAR2(25 CHAR) DEFAULT ON NULL 'x' CONSTRAINT "N_NN" NOT NULL ENABLE, d DATE DEFAULT SYSDATE, "T" TIMESTAMP (6) WITH LOCAL TIME ZONE, i INTERVAL DAY (3) TO SECOND (2), r LONG RAW, n NUMBER(*,0), v NUMBER GENERATED ALWAYS AS (id * 2) VIRTUAL, c CLOB CHECK (c IS JSON), m REFERENCES employees, g SDO_GEOMETRY, h RAW(16) DEFAULT SYS_GUID() NOT NULL, u VARCHAR2(4000) COLLATE "USING_NLS_COMP", CONSTRAINT emp_pk PRIMARY KEY (id) USING INDEX PCTFREE 10 INITRANS 2 STORAGE(INITIAL 65536 NEXT 1048576) TABLESPACE "USERS" ENABLE, CONSTRAINT u1 UNIQUE (name) DISABLE NOVALIDATE, CONSTRAINT fk FOREIGN KEY (n) REFERENCES "HR"."DEPT" (id) ON DELETE SET NULL INITIALLY DEFERRED DEFERRABLE, SUPPLEMENTAL LOG DATA (ALL) COLUMNS ) SEGMENT CREATION IMMEDIATE PCTFREE 10 PCTUSED 40 INITRANS 1 NOCOMPRESS LOGGING STORAGE(INITIAL 65536) TABLESPACE "USERS" LOB (c) STORE AS SECUREFILE (ENABLE STORAGE IN ROW)
/
create table hr.dept (id number(4) primary key);
ALTER TABLE hr.employees ADD (a NUMBER(10), b VARCHAR2(3) DEFAULT 'q' NOT NULL, CONSTRAINT ck CHECK (a > 0) ENABLE);
ALTER TABLE hr.employees ADD CONSTRAINT ck2 CHECK (a < 9) ADD CONSTRAINT ck3 CHECK (a <> 5);
ALTER TABLE hr.employees MODIFY (name VARCHAR2(50), d NOT NULL) ;
ALTER TABLE hr.employees MODIFY b NULL;
ALTER TABLE hr.employees MODIFY ("A" NOT NULL ENABLE);
ALTER TABLE hr.employees DROP (r, i);
ALTER TABLE hr.employees DROP COLUMN g CASCADE CONSTRAINTS;
ALTER TABLE hr.employees RENAME COLUMN v TO vv;
ALTER TABLE hr.employees DROP CONSTRAINT ck2 CASCADE;
ALTER TABLE hr.employees DISABLE CONSTRAINT ck;
ALTER TABLE hr.employees ADD PRIMARY KEY (a);
COMMENT ON TABLE hr.employees IS 'people';
comment on column HR.employees.name is 'who ' || 'they are';
CREATE UNIQUE INDEX hr.ix ON hr.employees (UPPER(name), d DESC) TABLESPACE users COMPUTE STATISTICS ONLINE;
CREATE BITMAP INDEX bx ON hr.employees (n) LOCAL;
CREATE SEQUENCE hr.seq START WITH 1 INCREMENT BY 1 NOCACHE;
CREATE OR REPLACE FORCE EDITIONABLE VIEW v AS SELECT 1 FROM dual;
CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON hr.employees FOR EACH ROW
BEGIN
  SELECT seq.NEXTVAL INTO :NEW.id FROM dual;
  IF :new.a IS NULL THEN NULL; END IF;
END;
/
CREATE OR REPLACE PACKAGE BODY p AS
 PROCEDURE q IS BEGIN NULL; END q;
END p;
/
CREATE GLOBAL TEMPORARY TABLE gt (a NUMBER) ON COMMIT DELETE ROWS;
CREATE TYPE addr AS OBJECT (street VARCHAR2(10), MEMBER FUNCTION f RETURN NUMBER);
/
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE x';
EXCEPTION WHEN OTHERS THEN NULL;
END;
/
CREATE TABLE iot (a NUMBER, b NUMBER, PRIMARY KEY (a, b)) ORGANIZATION INDEX PARTITION BY HASH (a) PARTITIONS 4;
GRANT SELECT ON hr.employees TO x;
RENAME iot TO iot2;
CREATE PUBLIC SYNONYM emp FOR hr.employees;
ALTER SESSION SET CURRENT_SCHEMA = hr;
CREATE TABLE Loc (x number(10) default 5 not null disable);
INSERT INTO loc VALUES (q'[it's]');
exit"#,
        r#"table HR.EMPLOYEES # people
  ID number(6,0)! always(MINVALUE 1 MAXVALUE 9999 INCREMENT BY 1 START WITH 1 CACHE 20 NOORDER NOCYCLE NOKEEP NOSCALE)
  NAME varchar2(50)! = 'x' # who they are
  D date! = SYSDATE
  T timestamp(6) with local time zone
  N number(*,0)
  VV number as id * 2
  C clob
  M
  H raw(16)! = SYS_GUID()
  U varchar2(4000) collate USING_NLS_COMP
  A number(10)!
  B varchar2(3) = 'q'
  pk EMP_PK(ID)
  unique U1(NAME)
  check EMPLOYEES_C_CHECK: c IS JSON
  check CK: a > 0
  check CK3: a <> 5
  unique index IX((UPPER(name)), D desc)
  index BX bitmap(N)
  fk EMPLOYEES_M_FKEY(M) -> HR.EMPLOYEES(ID)
  fk FK(N) -> HR.DEPT(ID) on delete SetNull deferred
table HR.DEPT
  ID number(4)!
  pk DEPT_PKEY(ID)
temporary GT
  A number
table IOT2
  A number!
  B number!
  pk IOT_PKEY(A, B)
  partition by HASH (a) PARTITIONS 4
table HR.LOC
  X number(10)! = 5
sequence HR.SEQ
view V
trigger TR on HR.EMPLOYEES
package body P
type ADDR
public synonym EMP
? HR.EMPLOYEES has a primary key already
left 3: USING INDEX PCTFREE 10 INITRANS 2 STORAGE(INITIAL 65536 NEXT…
left 3: SUPPLEMENTAL LOG DATA (ALL) COLUMNS
left 3: SEGMENT CREATION IMMEDIATE
left 3: PCTFREE 10 PCTUSED 40 INITRANS 1 NOCOMPRESS
left 3: LOGGING
left 3: STORAGE(INITIAL 65536)
left 3: TABLESPACE "USERS" LOB (c) STORE AS SECUREFILE (ENABLE STORA…
left 19: TABLESPACE users
left 19: COMPUTE STATISTICS
left 19: ONLINE
left 20: LOCAL
left 33: ON COMMIT DELETE ROWS
left 41: ORGANIZATION INDEX"#,
    );
    check(
        Oracle,
        r#"BEGIN
  EXECUTE IMMEDIATE 'CREATE TABLE a (b NUMBER(3))';
EXCEPTION WHEN OTHERS THEN NULL;
END;
/"#,
        r#"table A
  B number(3)"#,
    );
    check(
        Oracle,
        r#"--------------------------------------------------------
--  DDL for Table T
--------------------------------------------------------
  CREATE TABLE "HR"."T"
   (	"ID" NUMBER(*,0),
	"NAME" VARCHAR2(30 BYTE) COLLATE "USING_NLS_COMP" DEFAULT 'O''Neil',
	"X" "SYS"."XMLTYPE" ,
	"TS" TIMESTAMP (6) DEFAULT SYSTIMESTAMP,
	"V" VARCHAR2(61 BYTE) GENERATED ALWAYS AS ("NAME"||'x') VIRTUAL ,
	"D" DATE DEFAULT to_date('2000-01-01', 'YYYY-MM-DD'),
	"N" NUMBER DEFAULT "HR"."SEQ"."NEXTVAL", "F" FLOAT(126), "B" BINARY_DOUBLE, "I" INTEGER, "BF" BFILE
   ) SEGMENT CREATION IMMEDIATE
  PCTFREE 10 PCTUSED 40 INITRANS 1 MAXTRANS 255
 NOCOMPRESS LOGGING
  STORAGE(INITIAL 65536 NEXT 1048576 MINEXTENTS 1 MAXEXTENTS 2147483645
  PCTINCREASE 0 FREELISTS 1 FREELIST GROUPS 1
  BUFFER_POOL DEFAULT FLASH_CACHE DEFAULT CELL_FLASH_CACHE DEFAULT)
  TABLESPACE "USERS"
 XMLTYPE COLUMN "X" STORE AS BASICFILE CLOB (TABLESPACE "USERS")
  PARTITION BY RANGE ("D") INTERVAL (NUMTOYMINTERVAL(1,'MONTH'))
 (PARTITION "P1"  VALUES LESS THAN (TO_DATE(' 2007-01-01 00:00:00')) );
REM INSERTING into HR.T
SET DEFINE OFF;
Insert into HR.T (ID,NAME) values (1,'a;b');
--------------------------------------------------------
  CREATE UNIQUE INDEX "HR"."T_PK" ON "HR"."T" ("ID")
  PCTFREE 10 INITRANS 2 MAXTRANS 255 COMPUTE STATISTICS
  TABLESPACE "USERS" ;
  CREATE INDEX "HR"."T_FN" ON "HR"."T" (LOWER("NAME"), TO_CHAR("D",'YYYY'), "I") REVERSE;
  ALTER TABLE "HR"."T" MODIFY ("ID" NOT NULL ENABLE);
  ALTER TABLE "HR"."T" MODIFY ("NAME" CONSTRAINT "NN" NOT NULL ENABLE NOVALIDATE);
  ALTER TABLE "HR"."T" ADD CONSTRAINT "T_PK" PRIMARY KEY ("ID")
  USING INDEX "HR"."T_PK"  ENABLE;
  ALTER TABLE "HR"."T" ADD CONSTRAINT "U" UNIQUE ("NAME") USING INDEX (CREATE UNIQUE INDEX ux ON t(name)) RELY DISABLE NOVALIDATE;
  ALTER TABLE "HR"."T" ADD CONSTRAINT "FK" FOREIGN KEY ("I") REFERENCES "HR"."T" ("ID") ON DELETE CASCADE ENABLE;
  ALTER TABLE HR.T ADD SUPPLEMENTAL LOG DATA (PRIMARY KEY) COLUMNS;
  ALTER TABLE HR.T ADD (z NUMBER(3,0) CONSTRAINT zck CHECK (z BETWEEN 1 AND 5) , y CHAR) ;
  ALTER TABLE HR.T ADD q VARCHAR2(4) ADD r DATE;
  ALTER TABLE hr.t SET UNUSED (y);
  ALTER TABLE hr.t MODIFY (z DEFAULT 3, q VARCHAR2(40) NULL);
  ALTER TABLE hr.t DROP PRIMARY KEY CASCADE;
  ALTER TABLE hr.t RENAME TO t9;
  ALTER TABLE hr.t9 ENABLE ROW MOVEMENT;
  ALTER TRIGGER x DISABLE;
  ALTER INDEX hr.t_fn REBUILD;
  COMMENT ON COLUMN "HR"."T9"."ID" IS 'it''s';
  COMMENT ON MATERIALIZED VIEW mv IS 'x';
CREATE OR REPLACE EDITIONABLE TRIGGER "HR"."TR"
before insert on t
for each row
declare
  n number;
begin
  select 1 into n from dual;
end;
/
ALTER TRIGGER "HR"."TR" ENABLE;
CREATE OR REPLACE FUNCTION f(a IN NUMBER) RETURN NUMBER AS LANGUAGE JAVA NAME 'x';
/
create table c1 (id number constraint c1_pk primary key, code varchar2(3) unique using index tablespace idx, ref number constraint c1_ref references c1 on delete cascade, constraint c1_ck check (code in ('a','b')) deferrable initially immediate) tablespace users nologging cache parallel 4 result_cache (mode default) row store compress advanced monitoring;
create table c2 as select * from c1;
create table c3 (a number, b number) organization external (type oracle_loader default directory d access parameters (records delimited by newline) location ('x.csv')) reject limit unlimited;
create table c4 (id number) cluster cl (id);
create cluster cl (id number) size 512;
create materialized view mv build immediate refresh fast on commit as select 1 from dual;
create materialized view log on c1 with rowid;
create or replace directory d as '/x';
create table nested (a addr_t, b tab_t) nested table b store as b_tab;
create type tab_t as table of number;
/
create or replace type body addr_t as member function f return number is begin return 1; end; end;
/
create table gg (a number(10), primary key (a) rely disable novalidate, b varchar2(10) default user, unique (b) using index (create index i5 on gg (b)));
PURGE RECYCLEBIN;
whenever sqlerror exit sql.sqlcode
@other.sql
spool off
column x format a20
create index ix_gg on gg(b) global partition by hash (b) partitions 4 parallel;
drop table gone cascade constraints purge;
create table last_one (a number default on null 5, b date default sysdate+1 not null, c interval year to month, d timestamp with time zone, e number generated by default on null as identity (start with 5), f varchar2(5) invisible, g raw(5), h nvarchar2(5), i rowid, j urowid(10), k long, l decimal(5,2), m char(3 char) )
/"#,
        r#"table HR.T9
  ID number(*,0)! # it's
  NAME varchar2(30 BYTE)! = 'O''Neil' collate USING_NLS_COMP
  X SYS.XMLTYPE
  TS timestamp(6) = SYSTIMESTAMP
  V varchar2(61 BYTE) as "NAME"||'x'
  D date = to_date('2000-01-01', 'YYYY-MM-DD')
  N number = "HR"."SEQ"."NEXTVAL"
  F float(126)
  B binary_double
  I integer
  BF bfile
  Z number(3,0) = 3
  Q varchar2(40)
  R date
  unique U(NAME)
  check ZCK: z BETWEEN 1 AND 5
  index T_FN((LOWER("NAME")), (TO_CHAR("D",'YYYY')), I)
  fk FK(I) -> HR.T9(ID) on delete Cascade
  partition by RANGE ("D") INTERVAL (NUMTOYMINTERVAL(1,'MONTH')) (PARTITION "P1" VALUES LESS THAN (TO_DATE(' 2007-01-01 00:00:00')) )
table C1
  ID number!
  CODE varchar2(3)
  REF number
  pk C1_PK(ID)
  unique C1_CODE_KEY(CODE)
  check C1_CK: code in ('a','b')
  fk C1_REF(REF) -> C1(ID) on delete Cascade
table C2
table C3
  A number
  B number
table C4
  ID number
table NESTED
  A addr_t
  B tab_t
table GG
  A number(10)!
  B varchar2(10) = user
  pk GG_PKEY(A)
  unique GG_B_KEY(B)
  index IX_GG(B)
table LAST_ONE
  A number! = 5
  B date! = sysdate+1
  C interval year to month
  D timestamp with time zone
  E number! by default(start with 5)
  F varchar2(5)
  G raw(5)
  H nvarchar2(5)
  I rowid
  J urowid(10)
  K long
  L decimal(5,2)
  M char(3 char)
trigger HR.TR on T
function F
materialized view MV
materialized view log
type TAB_T
type body ADDR_T
left 12: SEGMENT CREATION IMMEDIATE
left 13: PCTFREE 10 PCTUSED 40 INITRANS 1 MAXTRANS 255 NOCOMPRESS
left 14: LOGGING
left 15: STORAGE(INITIAL 65536 NEXT 1048576 MINEXTENTS 1 MAXEXTENTS 2…
left 18: TABLESPACE "USERS" XMLTYPE COLUMN "X" STORE AS BASICFILE CLO…
left 27: PCTFREE 10
left 27: INITRANS 2
left 27: MAXTRANS 255
left 27: COMPUTE STATISTICS
left 28: TABLESPACE "USERS"
left 29: REVERSE
left 33: USING INDEX "HR"."T_PK"
left 34: USING INDEX (CREATE UNIQUE INDEX ux ON t(name))
left 60: using index tablespace idx
left 60: tablespace users
left 60: nologging cache parallel 4 result_cache (mode default) row s…
lost 61: the columns that come of its query
left 62: organization external (type oracle_loader default directory …
left 63: cluster cl (id)
left 68: nested table b store as b_tab
left 73: using index (create index i5 on gg (b))
left 79: global partition
left 79: by hash (b)
left 79: partitions 4
left 79: parallel
left 81: invisible"#,
    );
    check(
        Oracle,
        r#"create table t (a number, b number, unique (a, b)); alter table t drop unique (a, b) cascade; alter table t drop column c;"#,
        r#"table T
  A number
  B number
? T has no column C"#,
    );
    check(
        Oracle,
        r#"DEFINE owner = hr
CREATE TABLE &owner..t (id NUMBER(5) NOT NULL PRIMARY KEY USING INDEX TABLESPACE &&ts, a VARCHAR2(5));
COMMENT ON TABLE &owner..t IS 'x & y';"#,
        r#"table OWNER.T # x & y
  ID number(5)!
  A varchar2(5)
  pk T_PKEY(ID)
left 2: USING INDEX TABLESPACE &&ts"#,
    );
}
