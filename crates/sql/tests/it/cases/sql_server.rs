//! Small texts of SQL Server, and what is made of them.

use super::check;
use sql::Dialect::SqlServer;

#[test]
fn odd_forms() {
    check(
        SqlServer,
        r#"SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[a](
 [id] [int] IDENTITY(1,1) NOT NULL,
 [b] [nvarchar](max) COLLATE Latin1_General_CI_AS NULL CONSTRAINT [df_b] DEFAULT (N'x'),
 c decimal(18, 2) NOT NULL DEFAULT ((0)), d AS ([c]*(2)) PERSISTED NOT NULL, e AS c + 1, f uniqueidentifier ROWGUIDCOL NOT NULL DEFAULT newsequentialid(), g [dbo].[Flag] NULL, h datetime2(7) DEFAULT getdate(), i xml(CONTENT dbo.x), j varbinary(max) FILESTREAM,
 CONSTRAINT [PK_a] PRIMARY KEY CLUSTERED ([id] ASC) WITH (PAD_INDEX = OFF, FILLFACTOR = 80) ON [PRIMARY],
 CONSTRAINT u UNIQUE NONCLUSTERED (b DESC, c), INDEX ix NONCLUSTERED (c) WHERE c > 0, CHECK (c >= 0), CHECK NOT FOR REPLICATION (c < 5)
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
ALTER TABLE [dbo].[a] WITH CHECK ADD CONSTRAINT [FK_x] FOREIGN KEY([id]) REFERENCES [dbo].[z] ([zid]) ON DELETE CASCADE NOT FOR REPLICATION
GO
ALTER TABLE [dbo].[a] CHECK CONSTRAINT [FK_x]
GO
ALTER TABLE a WITH NOCHECK ADD CONSTRAINT ck CHECK (c<>1), CONSTRAINT df_h DEFAULT (getutcdate()) FOR h, k int NOT NULL DEFAULT 1, l int
ALTER TABLE a ADD DEFAULT 'q' FOR b WITH VALUES
ALTER TABLE a ALTER COLUMN l bigint NOT NULL
ALTER TABLE a DROP CONSTRAINT u, COLUMN k
CREATE TABLE z (zid int NOT NULL PRIMARY KEY NONCLUSTERED, y int FOREIGN KEY REFERENCES a(id), x int REFERENCES z)
CREATE UNIQUE NONCLUSTERED INDEX [i1] ON [dbo].[a] ([b] ASC, [c] DESC) INCLUDE ([h], [j]) WHERE ([b] IS NOT NULL) WITH (PAD_INDEX = OFF) ON [PRIMARY]
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'It''s a' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'a', @level2type=N'COLUMN',@level2name=N'b'
EXECUTE sp_addextendedproperty 'MS_Description', 'tab', 'user', dbo, 'table', 'a', NULL, NULL
EXEC sp_rename 'dbo.a.h', 'hh', 'COLUMN'; exec sp_rename 'z', 'zz'"#,
        r#"table dbo.a # tab
  id int! seeded(1,1)
  b nvarchar(max) = 'q' collate Latin1_General_CI_AS # It's a
  c decimal(18,2)! = ((0))
  d! as [c]*(2) stored
  e as c + 1
  f uniqueidentifier! = newsequentialid()
  g dbo.Flag
  hh datetime2(7) = (getutcdate())
  i xml(CONTENT dbo.x)
  j varbinary(max)
  l bigint!
  pk PK_a(id)
  check a_c_check: c >= 0
  check a_c_check1: c < 5
  check ck: c<>1 not valid
  index ix(c) where c > 0
  unique index i1(b, c desc) include hh, j where ([b] IS NOT NULL)
  fk FK_x(id) -> dbo.zz(zid) on delete Cascade
table dbo.zz
  zid int!
  y int
  x int
  pk z_pkey(zid)
  fk z_y_fkey(y) -> dbo.a(id)
  fk z_x_fkey(x) -> dbo.zz(zid)
left 6: ROWGUIDCOL
left 6: FILESTREAM
left 7: CLUSTERED
left 7: WITH (PAD_INDEX = OFF, FILLFACTOR = 80)
left 7: ON [PRIMARY]
left 8: NONCLUSTERED
left 8: NONCLUSTERED
left 9: ON [PRIMARY]
left 9: TEXTIMAGE_ON [PRIMARY]
left 16: WITH VALUES
left 19: NONCLUSTERED
left 20: NONCLUSTERED
left 20: WITH (PAD_INDEX = OFF)
left 20: ON [PRIMARY]"#,
    );
    check(
        SqlServer,
        r#"IF NOT EXISTS (SELECT * FROM sys.objects WHERE object_id = OBJECT_ID(N'[dbo].[t]') AND type in (N'U'))
BEGIN
CREATE TABLE [dbo].[t]([a] [int] NOT NULL)
END
GO
IF OBJECT_ID('dbo.q') IS NOT NULL DROP TABLE dbo.q;
DECLARE @x int = 1
SELECT @x = 2
INSERT INTO t VALUES (1)
CREATE TABLE #tmp (a int)
CREATE SCHEMA [s] AUTHORIZATION [dbo]
GO
CREATE TYPE s.Flag FROM bit NOT NULL
CREATE TYPE dbo.tt AS TABLE (a int)
EXEC('CREATE TABLE dyn (a int)')
exec sp_executesql N'select 1'
CREATE SEQUENCE s.seq AS bigint START WITH 1
CREATE SYNONYM syn FOR dbo.t
GO
CREATE OR ALTER VIEW v AS
SELECT 1 a
GO
CREATE TRIGGER tr ON dbo.t AFTER INSERT AS
BEGIN
 SET NOCOUNT ON
 CREATE TABLE inner1 (x int)
END
GO
CREATE TABLE s.h (a int NOT NULL PRIMARY KEY, f s.Flag, b datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL, c datetime2 GENERATED ALWAYS AS ROW END NOT NULL, PERIOD FOR SYSTEM_TIME (b, c)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.hh))
ALTER SCHEMA dbo TRANSFER s.h
GRANT SELECT,
INSERT ON t TO x
CREATE COLUMNSTORE INDEX cs ON t (a)
CREATE CLUSTERED COLUMNSTORE INDEX ccs ON t"#,
        r#"domain s.Flag: bit!
table dbo.t
  a int!
  index cs columnstore(a)
  index ccs columnstore()
temporary dbo.#tmp
  a int
table dbo.dyn
  a int
table dbo.h
  a int!
  f s.Flag
  b datetime2!
  c datetime2!
  pk h_pkey(a)
sequence s.seq
type dbo.tt
synonym syn
view v
trigger tr on dbo.t
left 11: AUTHORIZATION [dbo]
left 29: GENERATED ALWAYS AS ROW START HIDDEN
left 29: GENERATED ALWAYS AS ROW END
left 29: PERIOD FOR SYSTEM_TIME (b, c)
left 29: WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.hh))
left 34: CLUSTERED"#,
    );
    check(
        SqlServer,
        r#"IF NOT EXISTS (SELECT * FROM sys.schemas WHERE name = N'x') EXEC(N'CREATE SCHEMA [x]')
GO
EXEC('CREATE TABLE x.t (a int)'); EXEC('CREATE TABLE ' + @name)"#,
        r#"table x.t
  a int
! 3: it is a program; what it would make shows only when it is executed"#,
    );
}
