--
-- PostgreSQL database cluster dump
--

\restrict NSjyGZr3J0x6qIEoFmtmNiqg2R85g9cYDO4qrdSDV0lSvUDtvshar2khRA98UcO

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

--
-- Roles
--

CREATE ROLE postgres;
ALTER ROLE postgres WITH SUPERUSER INHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;

--
-- User Configurations
--








\unrestrict NSjyGZr3J0x6qIEoFmtmNiqg2R85g9cYDO4qrdSDV0lSvUDtvshar2khRA98UcO

--
-- PostgreSQL database cluster dump complete
--

