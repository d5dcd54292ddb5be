-- Two roles for Parley: parley_owner migrates, parley_app may only read and write rows.
-- Run it once as an administrator of the server, then set the passwords: in psql, \password parley_owner and \password parley_app.
-- What parley_app may do in the tables, `parley db:migrate` grants.

CREATE ROLE parley_owner LOGIN;

CREATE ROLE parley_app LOGIN;

-- Where the administrator is no superuser, as with a managed Postgres, it has to be a member to give the database away.
GRANT parley_owner TO CURRENT_USER;

CREATE DATABASE parley OWNER parley_owner;

-- Otherwise every role of the server could connect, and make temporary tables.
REVOKE ALL ON DATABASE parley FROM PUBLIC;

GRANT CONNECT ON DATABASE parley TO parley_app;

-- What Parley asks of its own connections as well; a pooler would keep it back, so it belongs to the role.
ALTER ROLE parley_app IN DATABASE parley SET statement_timeout = '4s';

ALTER ROLE parley_app IN DATABASE parley SET idle_in_transaction_session_timeout = '10s';
