"""Keys and addresses of other people's services, as administrators have typed them in."""
