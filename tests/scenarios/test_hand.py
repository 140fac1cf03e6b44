from __future__ import annotations
def test_max(given):
    c = given.customer()
    p = given.flat_plan("1200", interval_months=12, billed_in="advance")
    given.subscription(c, p, starts="2024-01-01", code="S", anchor="2024-01-01")
    given.commitment(c, minimum=300, interval_months=1, starts="2024-12-01")
    for m in ["2023-12", *[f"2024-{n:02}" for n in range(1,13)]]:
        print(m, given.run(m), given.amounts(c, m))
    print(given.connection.execute("select * from billing.rating_differences('2020-01-01','2030-01-01')").fetchall())
    print(given.broken())
