"""`python -m neuralnav`."""

from neuralnav.cli import main

if __name__ == "__main__":
    main()
