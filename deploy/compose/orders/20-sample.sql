create table customers (
    id bigint generated always as identity primary key,
    name text not null,
    email text not null
);
create table orders (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers (id),
    placed_at timestamptz not null default now(),
    total_cents integer not null,
    details jsonb not null
);
insert into customers (name, email)
select 'Customer ' || n, 'customer' || n || '@example.org' from generate_series(1, 1000) n;
insert into orders (customer_id, total_cents, details)
select 1 + n % 1000, 100 + n % 9000, jsonb_build_object('sku', 'SKU-' || n % 500, 'quantity', 1 + n % 5)
from generate_series(1, 20000) n;
create index on orders (customer_id);
