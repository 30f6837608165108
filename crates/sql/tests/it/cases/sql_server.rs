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
    check(
        SqlServer,
        r#"IF OBJECT_ID(N'[__EFMigrationsHistory]') IS NULL
BEGIN
    CREATE TABLE [__EFMigrationsHistory] (
        [MigrationId] nvarchar(150) NOT NULL,
        [ProductVersion] nvarchar(32) NOT NULL,
        CONSTRAINT [PK___EFMigrationsHistory] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
GO

IF NOT EXISTS(SELECT * FROM [__EFMigrationsHistory] WHERE [MigrationId] = N'2020')
BEGIN
    CREATE TABLE [Blogs] (
        [BlogId] int NOT NULL IDENTITY,
        [Url] nvarchar(max) NULL,
        [At] datetimeoffset NOT NULL DEFAULT (SYSDATETIMEOFFSET()),
        [Row] rowversion NULL,
        [Geo] geography NULL,
        [Per] nvarchar(10) MASKED WITH (FUNCTION = 'default()') NULL,
        CONSTRAINT [PK_Blogs] PRIMARY KEY ([BlogId])
    );
    DECLARE @defaultSchema AS sysname;
    SET @defaultSchema = SCHEMA_NAME();
    DECLARE @description AS sql_variant;
    EXEC sp_addextendedproperty 'MS_Description', N'a blog', 'SCHEMA', @defaultSchema, 'TABLE', N'Blogs';
END;
GO

IF NOT EXISTS(SELECT * FROM [__EFMigrationsHistory] WHERE [MigrationId] = N'2020')
BEGIN
    DECLARE @var0 sysname;
    SELECT @var0 = [d].[name]
    FROM [sys].[default_constraints] [d]
    INNER JOIN [sys].[columns] [c] ON [d].[parent_column_id] = [c].[column_id] AND [d].[parent_object_id] = [c].[object_id]
    WHERE ([d].[parent_object_id] = OBJECT_ID(N'[Blogs]') AND [c].[name] = N'Url');
    IF @var0 IS NOT NULL EXEC(N'ALTER TABLE [Blogs] DROP CONSTRAINT [' + @var0 + '];');
    ALTER TABLE [Blogs] ALTER COLUMN [Url] nvarchar(450) NOT NULL;
    ALTER TABLE [Blogs] ADD DEFAULT N'' FOR [Url];
    EXEC sp_rename N'[Blogs].[Url]', N'Address', N'COLUMN';
    CREATE UNIQUE INDEX [IX_B] ON [Blogs] ([Address]) WHERE [Address] IS NOT NULL;
    ALTER TABLE [Blogs] ADD [Deleted] bit NOT NULL DEFAULT CAST(0 AS bit);
    INSERT INTO [__EFMigrationsHistory] ([MigrationId], [ProductVersion]) VALUES (N'2020', N'5');
END;
GO
COMMIT;
GO"#,
        r#"table dbo.__EFMigrationsHistory
  MigrationId nvarchar(150)!
  ProductVersion nvarchar(32)!
  pk PK___EFMigrationsHistory(MigrationId)
table dbo.Blogs # a blog
  BlogId int! seeded
  Address nvarchar(450)! = N''
  At datetimeoffset! = (SYSDATETIMEOFFSET())
  Row rowversion
  Geo geography
  Per nvarchar(10)
  Deleted bit! = CAST(0 AS bit)
  pk PK_Blogs(BlogId)
  unique index IX_B(Address) where [Address] IS NOT NULL
left 22: MASKED WITH (FUNCTION = 'default()')
! 39: it is a program; what it would make shows only when it is executed"#,
    );
    check(
        SqlServer,
        r#"USE [master]
GO
/****** Object:  Database [x]    Script Date: 1/1/2020 ******/
CREATE DATABASE [x] CONTAINMENT = NONE ON  PRIMARY ( NAME = N'x', FILENAME = N'C:\x.mdf' , SIZE = 8192KB ) LOG ON ( NAME = N'x_log')
GO
ALTER DATABASE [x] SET COMPATIBILITY_LEVEL = 140
GO
IF (1 = FULLTEXTSERVICEPROPERTY('IsFullTextInstalled'))
begin
EXEC [x].[dbo].[sp_fulltext_database] @action = 'enable'
end
GO
USE [x]
GO
CREATE USER [u] FOR LOGIN [u] WITH DEFAULT_SCHEMA=[dbo]
GO
SET ANSI_NULLS ON
GO
SET QUOTED_IDENTIFIER ON
GO
SET ANSI_PADDING ON
GO
CREATE TABLE [dbo].[T1](
	[ID] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[Code] [varchar](10) NOT NULL,
	[Full]  AS (([Code]+' - ')+CONVERT([varchar](10),[ID])),
	[Amount] [money] NULL,
	[Rate] [decimal](18, 4) NULL CONSTRAINT [DF_T1_Rate]  DEFAULT ((1.5)),
 CONSTRAINT [PK_T1] PRIMARY KEY CLUSTERED
(
	[ID] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON, ALLOW_PAGE_LOCKS = ON) ON [PRIMARY],
 CONSTRAINT [UQ] UNIQUE NONCLUSTERED ([Code] ASC) ON [PRIMARY]
) ON [PRIMARY]

GO
SET ANSI_PADDING OFF
GO
CREATE NONCLUSTERED INDEX [IX] ON [dbo].[T1]
(
	[Code] ASC
)
INCLUDE ( 	[Amount],
	[Rate]) WITH (PAD_INDEX = OFF, DROP_EXISTING = OFF, ONLINE = OFF) ON [PRIMARY]
GO
ALTER TABLE [dbo].[T1]  WITH NOCHECK ADD  CONSTRAINT [FK] FOREIGN KEY([ID])
REFERENCES [dbo].[T1] ([ID])
ON UPDATE CASCADE
ON DELETE SET NULL
GO
ALTER TABLE [dbo].[T1] NOCHECK CONSTRAINT [FK]
GO
ALTER TABLE [dbo].[T1] ADD  CONSTRAINT [DF_A]  DEFAULT ((0)) FOR [Amount]
GO
EXEC sys.sp_addextendedproperty @name=N'MS_DiagramPane1', @value=N'[0E232FF0-B466-11cf-A24F-00AA00A3EFFF, 1.00]' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'VIEW',@level1name=N'v'
GO
if exists (select * from dbo.sysobjects where id = object_id(N'[dbo].[Old]') and OBJECTPROPERTY(id, N'IsUserTable') = 1)
drop table [dbo].[Old]
GO
execute sp_addtype tid, 'varchar(6)', 'NOT NULL'
GO
CREATE TABLE authors
(
   au_id          id
         CHECK (au_id like '[0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][0-9][0-9]')
         CONSTRAINT UPKCL_auidind PRIMARY KEY CLUSTERED,
   phone          char(12)          NOT NULL
         DEFAULT ('UNKNOWN'),
   city           varchar(20)           NULL,
   title tid REFERENCES titles(tid)
)
GO
SET IDENTITY_INSERT [dbo].[T1] ON
INSERT [dbo].[T1] ([ID], [Code]) VALUES (1, N'a')
INSERT [dbo].[T1] ([ID], [Code]) VALUES (2, N'create table x')
SET IDENTITY_INSERT [dbo].[T1] OFF
raiserror('Now at the create table section ....',0,1)
GRANT CREATE TABLE TO guest
GRANT EXECUTE ON x TO public
DECLARE c CURSOR FOR
SELECT a FROM b
OPEN c
CREATE TABLE [a].[b] ([c] int SPARSE NULL, cs xml COLUMN_SET FOR ALL_SPARSE_COLUMNS, d int NOT NULL INDEX ix_d, e varchar(10) COLLATE DATABASE_DEFAULT, [f] AS getdate(), g hierarchyid PRIMARY KEY, h varchar(5) DEFAULT NULL) WITH (DATA_COMPRESSION = PAGE)
CREATE TABLE mem (a int NOT NULL PRIMARY KEY NONCLUSTERED HASH WITH (BUCKET_COUNT = 1000), b int, INDEX ix HASH (b) WITH (BUCKET_COUNT=10)) WITH (MEMORY_OPTIMIZED = ON)
ALTER TABLE [a].[b] ADD CONSTRAINT ck CHECK ([c] IN (1, 2)) , CONSTRAINT uq UNIQUE (d)
ALTER TABLE [a].[b] SET (LOCK_ESCALATION = TABLE)
ALTER TABLE [a].[b] ADD PERIOD FOR SYSTEM_TIME (x, y)
ALTER TABLE a.b DROP COLUMN IF EXISTS e, f
ALTER TABLE a.b REBUILD PARTITION = ALL WITH (DATA_COMPRESSION = PAGE)
DROP INDEX IX ON [dbo].[T1]
CREATE SPATIAL INDEX s ON dbo.T1 (Code) USING GEOMETRY_GRID WITH (BOUNDING_BOX = (0,0,1,1))
CREATE STATISTICS st ON dbo.T1 (Code)
UPDATE STATISTICS dbo.T1
CREATE TABLE node1 (id int) AS NODE
CREATE UNIQUE INDEX uqi ON T1 (Code) ON [PRIMARY]"#,
        r#"domain dbo.tid: varchar(6)!
table dbo.T1
  ID int! seeded(1,1)
  Code varchar(10)!
  Full as ([Code]+' - ')+CONVERT([varchar](10),[ID])
  Amount money = ((0))
  Rate decimal(18,4) = ((1.5))
  pk PK_T1(ID)
  unique UQ(Code)
  index s spatial(Code)
  unique index uqi(Code)
  fk FK(ID) -> dbo.T1(ID) on delete SetNull on update Cascade not valid
table dbo.authors
  au_id id!
  phone char(12)! = ('UNKNOWN')
  city varchar(20)
  title tid
  pk UPKCL_auidind(au_id)
  check authors_au_id_check: au_id like '[0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][0-9][0-9]'
  fk authors_title_fkey(title) -> titles(tid)
table a.b
  c int
  cs xml
  d int!
  g hierarchyid!
  h varchar(5) = NULL
  pk b_pkey(g)
  unique uq(d)
  check ck: [c] IN (1, 2)
  index ix_d(d)
table dbo.mem
  a int!
  b int
  pk mem_pkey(a)
  index ix hash(b)
table dbo.node1
  id int
statistics st on dbo.T1
? dbo.authors: there is no table titles for authors_title_fkey to reference
left 24: NOT FOR REPLICATION
left 29: CLUSTERED
left 32: WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_…
left 32: ON [PRIMARY]
left 33: NONCLUSTERED
left 33: ON [PRIMARY]
left 34: ON [PRIMARY]
left 39: NONCLUSTERED
left 44: WITH (PAD_INDEX = OFF, DROP_EXISTING = OFF, ONLINE = OFF)
left 44: ON [PRIMARY]
left 66: CLUSTERED
left 83: SPARSE
left 83: COLUMN_SET FOR ALL_SPARSE_COLUMNS
left 83: WITH (DATA_COMPRESSION = PAGE)
left 84: NONCLUSTERED
left 84: HASH
left 84: WITH (BUCKET_COUNT = 1000)
left 84: WITH (BUCKET_COUNT=10)
left 84: WITH (MEMORY_OPTIMIZED = ON)
left 91: USING GEOMETRY_GRID
left 91: WITH (BOUNDING_BOX = (0,0,1,1))
left 94: AS NODE
left 95: ON [PRIMARY]"#,
    );
    check(
        SqlServer,
        r#"CREATE TABLE t (a int CONSTRAINT df_a DEFAULT 1, b int DEFAULT 2, CONSTRAINT u UNIQUE (a))
ALTER TABLE t DROP df_a, u
ALTER TABLE t DROP COLUMN zz"#,
        r#"table dbo.t
  a int
  b int = 2
? dbo.t has no column zz"#,
    );
    check(
        SqlServer,
        r#"CREATE TABLE dbo.Orders
(
    OrderID INT IDENTITY(1000,1) NOT NULL
        CONSTRAINT PK_Orders PRIMARY KEY,
    CustomerID INT NOT NULL
        CONSTRAINT FK_Orders_Customers REFERENCES dbo.Customers(CustomerID)
            ON DELETE NO ACTION,
    OrderDate DATE NOT NULL CONSTRAINT DF_Orders_OrderDate DEFAULT (SYSDATETIME()),
    Total AS (Qty * Price) PERSISTED,
    Qty INT NOT NULL CHECK (Qty > 0),
    Price MONEY NOT NULL,
    Notes NVARCHAR(MAX) NULL,
    Status TINYINT NOT NULL DEFAULT 0
        CONSTRAINT CK_Status CHECK (Status BETWEEN 0 AND 5),
    Code AS RIGHT('000' + CAST(OrderID AS VARCHAR(10)), 5),
    CONSTRAINT UQ_x UNIQUE (CustomerID, OrderDate DESC)
);
CREATE TABLE dbo.Customers (CustomerID INT PRIMARY KEY, Name VARCHAR(50));

ALTER TABLE dbo.Orders
ADD CONSTRAINT CK_Price
CHECK (Price >= 0);

ALTER TABLE dbo.Orders ADD
    Extra1 VARCHAR(10) NULL,
    Extra2 INT NOT NULL CONSTRAINT DF_E2 DEFAULT 0;

ALTER TABLE dbo.Orders
    ADD FOREIGN KEY (CustomerID)
        REFERENCES dbo.Customers (CustomerID)
        ON DELETE
            CASCADE;
CREATE INDEX IX_1 ON dbo.Orders (OrderDate) INCLUDE (Total)
CREATE INDEX IX_2
    ON dbo.Orders (Qty)
    WHERE Qty > 5
    WITH (FILLFACTOR = 80)
GO
BEGIN TRY
    CREATE TABLE InTry (a INT)
END TRY
BEGIN CATCH
    PRINT 'x'
END CATCH
GO
IF COL_LENGTH('dbo.Orders', 'New') IS NULL
    ALTER TABLE dbo.Orders ADD [New] BIT NULL
ELSE
    PRINT 'there'
GO
IF EXISTS (SELECT 1 FROM sys.tables WHERE name = 'Gone') DROP TABLE Gone
IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 'Made')
    CREATE TABLE Made (
        a INT NOT NULL,
        b AS CASE WHEN a > 0 THEN 'x' ELSE 'y' END,
        c INT,
        INDEX ix UNIQUE (a, c)
    )
GO
WITH x AS (SELECT 1 a)
INSERT INTO Made (a)
SELECT a FROM x
MERGE INTO Made AS t USING (VALUES (1)) AS s(a) ON t.a = s.a WHEN MATCHED THEN
UPDATE SET c = 1 WHEN NOT MATCHED THEN
INSERT (a) VALUES (1);
DELETE FROM Made
WHERE a = 1
TRUNCATE TABLE Made
GO
CREATE VIEW dbo.v WITH SCHEMABINDING AS
WITH c AS (SELECT a FROM dbo.Made)
SELECT a FROM c
UNION ALL
SELECT 2
GO
EXEC sp_addextendedproperty
    @name = N'MS_Description',
    @value = N'multi
line',
    @level0type = N'Schema', @level0name = dbo,
    @level1type = N'Table', @level1name = Made;
GO
CREATE FUNCTION dbo.f (@a INT) RETURNS TABLE AS RETURN (SELECT @a AS a)
GO
CREATE TABLE [dbo].[Sp ace] ([Col umn] INT, [we]]ird] INT, "quoted" INT, Percent INT, [Percent] DECIMAL(5, 2))
GO"#,
        r#"table dbo.Orders
  OrderID int! seeded(1000,1)
  CustomerID int!
  OrderDate date! = (SYSDATETIME())
  Total as Qty * Price stored
  Qty int!
  Price money!
  Notes nvarchar(MAX)
  Status tinyint! = 0
  Code as RIGHT('000' + CAST(OrderID AS VARCHAR(10)), 5)
  Extra1 varchar(10)
  Extra2 int! = 0
  New bit
  pk PK_Orders(OrderID)
  unique UQ_x(CustomerID, OrderDate desc)
  check Orders_Qty_check: Qty > 0
  check CK_Status: Status BETWEEN 0 AND 5
  check CK_Price: Price >= 0
  index IX_1(OrderDate) include Total
  index IX_2(Qty) where Qty > 5
  fk FK_Orders_Customers(CustomerID) -> dbo.Customers(CustomerID)
  fk Orders_CustomerID_fkey(CustomerID) -> dbo.Customers(CustomerID) on delete Cascade
table dbo.Customers
  CustomerID int!
  Name varchar(50)
  pk Customers_pkey(CustomerID)
table dbo.InTry
  a int
table dbo.Made # multi
line
  a int!
  b as CASE WHEN a > 0 THEN 'x' ELSE 'y' END
  c int
  unique index ix(a, c)
table dbo.Sp ace
  Col umn int
  we]ird int
  quoted int
  Percent int
view dbo.v
function dbo.f
? dbo.Sp ace has two columns called Percent
left 37: WITH (FILLFACTOR = 80)"#,
    );
}
