"""What `./cpa` does: one module per concern, standard library only.

`cli` reads the command line. `environment` puts together Odoo (`odoo_source`), the Python packages
(`packages`), libraries, fonts and browser (`native`), the right-to-left tool (`node`) and
PostgreSQL (`postgres`, its `postgres_programs`, `identity`, `sharing` and `keeper`). `database`
fills it; `serve`, `testing`, `bench`, `verify` and `lint` use it. `inside` and `pytest_no_skips` run within
it. `console` speaks, `odoo_log` listens, `process` starts programs and ends them, `apt` asks the
machine's package mirror, `places` names the folders.
"""
