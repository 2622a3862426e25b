class A
{
    int F()
    {
        return 1;
    }
}
