"""What `./cpa` does: one module per concern, standard library only.

`cli` reads the command line; `environment` puts together Odoo (`odoo_source`), the Python packages
(`packages`), the system libraries and fonts (`native`), the right-to-left tool (`node`) and
PostgreSQL (`postgres`, `keeper`); `database` fills it; `serve`, `testing`, `bench` and `lint` use
it. `inside`, `pytest_no_skips` run within the environment. `console` speaks, `process` starts
programs and ends them, `apt` asks the machine's package mirror, `places` names the folders.
"""
